"""CMRC2018: what the people of a small town did."""

from __future__ import annotations

from typing import Final

from autoclue.tasks.builtin.reading import Chronicle

CHRONICLE: Final = Chronicle(
    words={
        "who": (
            *("小王", "小李", "小张", "老赵", "老周", "老马", "阿明", "阿红"),
            *("刘师傅", "陈老师", "林医生", "何经理", "孙大妈", "黄先生", "吴太太", "高同学"),
        ),
        "when": (
            *("早上", "上午", "中午", "下午", "傍晚", "半夜"),
            *("星期一", "星期二", "星期三", "星期四", "星期五", "周末"),
        ),
        "where": (
            *("公园", "河边", "车站", "学校", "医院", "市场", "图书馆", "体育场"),
            *("广场", "码头", "饭店", "银行", "邮局", "工厂"),
        ),
        "what": (
            *("买雨伞", "卖西瓜", "修自行车", "找钥匙", "画风景", "唱民歌", "打篮球", "喂鸽子"),
            *("学开车", "拍照片", "等朋友", "搬箱子", "下象棋", "滑旱冰", "种小树", "读小说"),
        ),
    },
    sentences=(
        "{who}{when}在{where}{what}。",
        "{when}，{who}在{where}{what}。",
        "在{where}，{who}{when}{what}。",
        "{when}在{where}{what}的是{who}。",
    ),
    changed={
        "where": (
            "{who}没去{planned}，{when}在{where}{what}。",
            "{who}{when}在{where}{what}，而不是在{planned}。",
        ),
        "when": (
            "{who}不是{planned}，而是{when}在{where}{what}。",
            "{who}{planned}没空，{when}才在{where}{what}。",
        ),
        "what": (
            "{who}{when}在{where}{what}，没有{planned}。",
            "{who}不想{planned}，{when}在{where}{what}。",
        ),
    },
    questions={
        "who": ("谁在{where}{what}？", "{when}{what}的是谁？", "{when}在{where}的是谁？"),
        "when": ("{who}什么时候{what}？", "{who}是什么时候在{where}的？"),
        "where": ("{who}在哪里{what}？", "{who}{when}在什么地方？"),
        "what": ("{who}{when}做了什么？", "{who}在{where}做什么？"),
    },
    fillers=("那天天气很好。", "镇上很热闹。", "大家都很忙。", "时间过得真快。", "路上人不多。"),
)
