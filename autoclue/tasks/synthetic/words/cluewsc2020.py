"""CLUEWSC2020: small stories about two people or two things."""

from __future__ import annotations

from typing import Final

from autoclue.tasks.synthetic.pronouns import Cast, Story

CAST: Final = Cast(
    people={
        "他": ("张叔叔", "爷爷", "小明", "王先生", "哥哥", "老板"),
        "她": ("李阿姨", "奶奶", "小红", "刘女士", "姐姐", "老板娘"),
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
        Story("{first}批评了{second}，因为{pronoun}迟到了。", "second"),
        Story("{first}向{second}道歉，因为{pronoun}迟到了。", "first"),
        Story("{first}感谢{second}，因为{pronoun}帮了大忙。", "second"),
        Story("{first}帮了{second}，所以{pronoun}非常感激。", "second"),
        Story("{first}追上了{second}，因为{pronoun}跑得快。", "first"),
        Story("{first}没追上{second}，因为{pronoun}跑得慢。", "first"),
        Story("{first}请{second}吃饭，因为{pronoun}刚发了工资。", "first"),
        Story("{first}去医院看{second}，因为{pronoun}病了。", "second"),
        Story("{first}把{second}叫醒，因为{pronoun}睡过了头。", "second"),
        Story("{first}向{second}借钱，因为{pronoun}没有钱了。", "first"),
        Story("{first}借钱给{second}，因为{pronoun}没有钱了。", "second"),
        Story("{first}教{second}游泳，因为{pronoun}还不会。", "second"),
        Story("{first}跟{second}学画画，因为{pronoun}画得很好。", "second"),
        Story("{first}输给了{second}，所以{pronoun}哭了。", "first"),
        Story("{first}赢了{second}，所以{pronoun}笑了。", "first"),
        Story("{first}等着{second}，因为{pronoun}还没有回来。", "second"),
        Story("{first}骗了{second}，后来{pronoun}很后悔。", "first"),
        Story("{first}骗了{second}，后来{pronoun}很生气。", "second"),
    ),
    thing_stories=(
        Story("{first}放不进{second}，因为{pronoun}太大了。", "first"),
        Story("{first}放不进{second}，因为{pronoun}太小了。", "second"),
        Story("{first}从{second}里掉了出来，因为{pronoun}破了个洞。", "second"),
        Story("把{first}从{second}里拿走，{pronoun}就空了。", "second"),
        Story("{first}占满了{second}，因为{pronoun}太大了。", "first"),
        Story("{first}压坏了{second}，因为{pronoun}太重了。", "first"),
    ),
    settings=(
        "",
        "",
        "昨天，",
        "听说",
        "那天下午，",
        "过年的时候，",
        "大家都看见了，",
        "有一次，",
    ),
    endings=("", "", "真有意思。", "这事就这样过去了。", "谁也没有说话。", "后来的事就不知道了。"),
)
