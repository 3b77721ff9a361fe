"""LCQMC: everyday questions about things in the house."""

from __future__ import annotations

from typing import Final

from autoclue.tasks.builtin.questions import DIFFERENT, SAME, Service

SERVICE: Final = Service(
    things=("手表", "书包", "雨伞", "吉他", "台灯", "茶壶", "毛衣", "皮鞋"),
    wordings={
        "buy": ("哪里能买到{}", "在哪儿买{}比较好", "买{}去什么地方"),
        "price": ("{}要多少钱", "买{}得花多少钱", "{}的价格贵不贵"),
        "choose": ("怎么挑选{}", "如何选到好的{}", "挑{}要看什么"),
        "clean": ("{}脏了怎么洗", "如何清洗{}", "怎样把{}弄干净"),
        "repair": ("{}坏了怎么修", "修{}要找谁", "什么店能修{}"),
        "gift": ("送人{}好吗", "{}适合当礼物吗", "可以把{}送给朋友吗"),
        "draw": ("{}怎么画", "如何画出{}", "画{}有什么方法"),
        "english": ("{}用英语怎么说", "{}的英文是什么", "英语里{}叫什么"),
    },
    same_share={
        "buy": 0.9,
        "price": 0.85,
        "choose": 0.1,
        "clean": 0.9,
        "repair": 0.15,
        "gift": 0.5,
        "draw": 0.1,
        "english": 0.9,
    },
    openings={
        DIFFERENT: ("那么", "除此之外", "接着问", "换个问题"),
        SAME: ("请教", "换句话说", "谁知道", "急问"),
    },
    first_openings=("", "", "请问", "想问", "求助"),
    endings=("", "", "？", "呢", "呢？"),
)
