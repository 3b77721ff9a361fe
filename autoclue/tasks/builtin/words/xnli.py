"""XNLI: people and what they do at home and outside."""

from __future__ import annotations

from typing import Final

from autoclue.tasks.builtin.inference import World

WORLD: Final = World(
    people=("小王", "小李", "老赵", "老周", "妈妈", "爷爷", "姐姐", "弟弟"),
    groups=("个孩子", "位老人"),
    counts=("两", "三", "五"),
    times=("早上", "中午", "晚上"),
    manners=("", "", "", "", "认真地", "高兴地"),
    acts={
        "运动": ("跑步", "游泳", "打球", "跳绳", "骑车"),
        "吃东西": ("吃面条", "吃饺子", "吃苹果", "喝汤"),
        "学习": ("看书", "写作业", "背单词", "练字"),
        "做家务": ("洗衣服", "扫地", "做饭", "洗碗"),
    },
    places={
        "室外": ("公园", "操场", "河边", "院子"),
        "室内": ("家里", "教室", "商店", "餐厅"),
    },
    premises=("{when}{who}在{where}{how}{act}", "{who}{when}在{where}{how}{act}"),
    entailed={
        "{who}在{kind}": 2.0,
        "有人在{kind}": 2.0,
        "有人在{where}": 1.0,
        "{who}正在{act}": 1.5,
        "{who}在{setting}": 1.5,
        "{who}没在{other_kind}": 1.0,
        "{who}出现在{where}": 1.0,
        "{who}没闲着": 1.0,
    },
    contradicted={
        "{who}没在{kind}": 2.0,
        "没人{act}": 1.5,
        "{who}不在{where}": 2.0,
        "{who}在{other_kind}": 2.0,
        "{who}在{other_setting}": 1.5,
        "{who}从不{act}": 1.0,
        "{who}什么也没做": 1.0,
    },
    neutral={
        "{who}每天都{act}": 1.5,
        "{who}和{other_who}一起{act}": 1.5,
        "{who}还想{other_act}": 1.5,
        "{other_who}在{kind}": 1.5,
        "{other_who}在{setting}": 1.0,
        "{who}喜欢{kind}": 1.5,
        "{who}很累": 1.0,
        "{who}是第一次{act}": 1.0,
    },
    counted={
        "entailment": {"不止一{group}在{kind}": 2.0},
        "contradiction": {"只有一{group}在{kind}": 1.0, "{other_count}{group}在{act}": 1.0},
        "neutral": {"这{who}都会{other_act}": 1.0},
    },
    markers={
        "contradiction": ("其实", "反而", "不料", "偏偏", "相反", "谁知"),
        "entailment": ("确实", "的确", "当然", "可见", "所以", "果然"),
        "neutral": ("可能", "也许", "大概", "听说", "据说", "好像"),
    },
)
