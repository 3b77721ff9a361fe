"""OCNLI: people at work and on errands, in town and in the country."""

from __future__ import annotations

from typing import Final

from autoclue.tasks.builtin.inference import World

WORLD: Final = World(
    people=("经理", "店员", "司机", "护士", "记者", "厂长", "邮递员", "会计"),
    groups=("名工人", "位顾客"),
    counts=("两", "四", "六"),
    times=("昨天", "上周", "去年"),
    manners=("", "", "", "", "很快地", "仔细地"),
    acts={
        "买东西": ("买电视", "买衣服", "买水果", "买自行车"),
        "修东西": ("修电脑", "修水管", "修电灯", "修门锁"),
        "出门旅行": ("坐火车", "坐飞机", "坐船", "开车"),
        "谈工作": ("开会", "谈合同", "打电话", "写报告"),
    },
    places={
        "城里": ("车站", "银行", "医院", "商场"),
        "乡下": ("村口", "果园", "鱼塘", "田边"),
    },
    premises=("{when}{who}在{where}{how}{act}", "{who}{when}{how}在{where}{act}"),
    entailed={
        "{who}{when}在{kind}": 2.0,
        "{when}有人{kind}": 2.0,
        "{when}有人去过{where}": 1.0,
        "{who}{act}了": 1.5,
        "{who}{when}在{setting}": 1.5,
        "{who}{when}没有{other_kind}": 1.0,
        "{who}到过{where}": 1.0,
        "{who}{when}没有休息": 1.0,
    },
    contradicted={
        "{who}{when}没有{kind}": 2.0,
        "{when}谁也没有{act}": 1.5,
        "{who}没到过{where}": 2.0,
        "{who}{when}在{other_kind}": 2.0,
        "{who}{when}在{other_setting}": 1.5,
        "{who}从来不会{act}": 1.0,
        "{who}{when}一直在睡觉": 1.0,
    },
    neutral={
        "{who}常常{act}": 1.5,
        "{who}陪{other_who}{act}": 1.5,
        "{who}后来又{other_act}": 1.5,
        "{other_who}{when}在{kind}": 1.5,
        "{other_who}{when}在{setting}": 1.0,
        "{who}最爱{kind}": 1.5,
        "{who}心情不好": 1.0,
        "{who}头一回{act}": 1.0,
    },
    counted={
        "entailment": {"好几{group}在{kind}": 2.0},
        "contradiction": {"总共只有一{group}": 1.0, "{other_count}{group}在{act}": 1.0},
        "neutral": {"这{who}都很年轻": 1.0},
    },
    markers={
        "contradiction": ("事实上", "可是", "没想到", "反过来", "不对", "其实"),
        "entailment": ("也就是说", "显然", "说明", "看来", "没错", "因此"),
        "neutral": ("说不定", "或许", "恐怕", "有人说", "多半", "估计"),
    },
)
