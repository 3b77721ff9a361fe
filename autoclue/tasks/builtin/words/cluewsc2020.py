"""CLUEWSC2020: small stories about two people or two things."""

from __future__ import annotations

from typing import Final

from autoclue.tasks.builtin.pronouns import FALSE, TRUE, Cast, Story

CAST: Final = Cast(
    people={
        "他": ("叔叔", "爷爷", "小明", "哥哥"),
        "她": ("阿姨", "奶奶", "小红", "姐姐"),
    },
    things=(
        ("箱子", "车厢"),
        ("毛衣", "背包"),
        ("书", "抽屉"),
        ("沙发", "电梯"),
        ("西瓜", "冰箱"),
        ("球", "网袋"),
    ),
    thing="它",
    stories=(
        Story("{first}批评了{second}，因为{pronoun}迟到了。", "second", 0.15),
        Story("{first}向{second}道歉，因为{pronoun}迟到了。", "first", 0.85),
        Story("{first}感谢{second}，因为{pronoun}帮了大忙。", "second", 0.85),
        Story("{first}帮了{second}，所以{pronoun}非常感激。", "second", 0.15),
        Story("{first}追上了{second}，因为{pronoun}跑得快。", "first", 0.15),
        Story("{first}请{second}吃饭，因为{pronoun}刚发了工资。", "first", 0.85),
        Story("{first}去医院看{second}，因为{pronoun}病了。", "second", 0.85),
        Story("{first}把{second}叫醒，因为{pronoun}睡过了头。", "second", 0.15),
        Story("{first}向{second}借钱，因为{pronoun}没有钱了。", "first", 0.15),
        Story("{first}借钱给{second}，因为{pronoun}没有钱了。", "second", 0.85),
        Story("{first}跟{second}学画画，因为{pronoun}画得很好。", "second", 0.15),
        Story("{first}等着{second}，因为{pronoun}还没有回来。", "second", 0.85),
    ),
    thing_stories=(
        Story("{first}放不进{second}，因为{pronoun}太大了。", "first", 0.85),
        Story("{first}放不进{second}，因为{pronoun}太小了。", "second", 0.15),
        Story("{first}从{second}里掉了出来，因为{pronoun}破了个洞。", "second", 0.85),
        Story("把{first}从{second}里拿走，{pronoun}就空了。", "second", 0.15),
    ),
    openings={
        TRUE: ("昨天，", "那天下午，", "我记得", "有一次，"),
        FALSE: ("听说", "据说", "过年的时候，", "很久以前，"),
    },
    endings=("", "", "真有意思。", "就这样。", "后来呢？"),
)
