"""The words and sentence patterns of the built-in text, as data; every one written for autoclue.

A pattern's slots are filled by :mod:`autoclue.tasks.grammar`. Nothing but the strings of this
file can appear in a built-in text, so its characters can be listed.
"""

from __future__ import annotations

from typing import Final

Patterns = dict[str, float]
"""Sentence patterns, each with how often it is used relative to the others."""

PEOPLE: Final = ("小王", "小李", "老赵", "老周", "妈妈", "爷爷", "姐姐", "弟弟")
GROUPS: Final = ("个孩子", "位老人")
COUNTS: Final = ("两", "三", "五")
TIMES: Final = ("早上", "中午", "晚上")
MANNERS: Final = ("", "", "", "", "认真地", "高兴地")

ACTS: Final[dict[str, tuple[str, ...]]] = {
    "运动": ("跑步", "游泳", "打球", "跳绳", "骑车"),
    "吃东西": ("吃面条", "吃饺子", "吃苹果", "喝汤"),
    "学习": ("看书", "写作业", "背单词", "练字"),
    "做家务": ("洗衣服", "扫地", "做饭", "洗碗"),
}
"""What someone does, under the general word for it."""

PLACES: Final[dict[str, tuple[str, ...]]] = {
    "室外": ("公园", "操场", "河边", "院子"),
    "室内": ("家里", "教室", "商店", "餐厅"),
}
"""Where it happens, under the general word for it."""

PREMISES: Final = (
    "{when}{who}在{where}{how}{act}",
    "{who}{when}在{where}{how}{act}",
)

ENTAILED: Final[Patterns] = {
    "{who}在{kind}": 2.0,
    "有人在{kind}": 2.0,
    "有人在{where}": 1.0,
    "{who}正在{act}": 1.5,
    "{who}在{setting}": 1.5,
    "{who}没在{other_kind}": 1.0,
    "{who}出现在{where}": 1.0,
    "{who}没闲着": 1.0,
}
"""What follows from the premise."""

CONTRADICTED: Final[Patterns] = {
    "{who}没在{kind}": 2.0,
    "没人{act}": 1.5,
    "{who}不在{where}": 2.0,
    "{who}在{other_kind}": 2.0,
    "{who}在{other_setting}": 1.5,
    "{who}从不{act}": 1.0,
    "{who}什么也没做": 1.0,
}
"""What can't be true beside the premise: one thing at a time, in one place."""

NEUTRAL: Final[Patterns] = {
    "{who}每天都{act}": 1.5,
    "{who}和{other_who}一起{act}": 1.5,
    "{who}还想{other_act}": 1.5,
    "{other_who}在{kind}": 1.5,
    "{other_who}在{setting}": 1.0,
    "{who}喜欢{kind}": 1.5,
    "{who}很累": 1.0,
    "{who}是第一次{act}": 1.0,
}
"""What the premise leaves open."""

COUNT_ENTAILED: Final[Patterns] = {"不止一{group}在{kind}": 2.0}
COUNT_CONTRADICTED: Final[Patterns] = {
    "只有一{group}在{kind}": 1.0,
    "{other_count}{group}在{act}": 1.0,
}
COUNT_NEUTRAL: Final[Patterns] = {"这{who}都会{other_act}": 1.0}
"""Further patterns where the premise counts people."""

MARKERS: Final[dict[str, tuple[str, ...]]] = {
    "contradiction": ("其实", "反而", "不料", "偏偏", "相反", "谁知"),
    "entailment": ("确实", "的确", "当然", "可见", "所以", "果然"),
    "neutral": ("可能", "也许", "大概", "听说", "据说", "好像"),
}
"""Opening words that say nothing, but lean towards one label, as annotators' habits do."""
