"""CMNLI: animals and what they do in the yard and in the house."""

from __future__ import annotations

from typing import Final

from autoclue.tasks.builtin.inference import World

WORLD: Final = World(
    people=("小猫", "小狗", "白马", "山羊", "黄牛", "母鸡", "猴子", "兔子"),
    groups=("只小鸟", "头小猪"),
    counts=("两", "三", "七"),
    times=("清晨", "午后", "夜里"),
    manners=("", "", "", "", "慢慢地", "悄悄地"),
    acts={
        "玩耍": ("追球", "打滚", "跳圈", "转圈"),
        "进食": ("吃草", "吃米", "吃玉米", "喝水"),
        "休息": ("睡觉", "晒太阳", "趴着", "躺下"),
        "赶路": ("过桥", "上山", "进城", "穿马路"),
    },
    places={
        "屋外": ("草地", "树下", "河岸", "墙角"),
        "屋里": ("床边", "厨房", "门后", "客厅"),
    },
    premises=("{when}{who}在{where}{how}{act}", "{who}{when}在{where}{how}{act}"),
    entailed={
        "{who}在{kind}": 2.0,
        "有动物在{kind}": 2.0,
        "有动物在{where}": 1.0,
        "{who}正在{act}": 1.5,
        "{who}待在{setting}": 1.5,
        "{who}没有{other_kind}": 1.0,
        "{where}能看见{who}": 1.0,
        "{who}还活着": 1.0,
    },
    contradicted={
        "{who}没有{kind}": 2.0,
        "没有动物{act}": 1.5,
        "{where}看不见{who}": 2.0,
        "{who}在{other_kind}": 2.0,
        "{who}待在{other_setting}": 1.5,
        "{who}不可能{act}": 1.0,
        "{who}被关在笼子里": 1.0,
    },
    neutral={
        "{who}天天{act}": 1.5,
        "{who}跟着{other_who}{act}": 1.5,
        "{who}等会儿要{other_act}": 1.5,
        "{other_who}在{kind}": 1.5,
        "{other_who}待在{setting}": 1.0,
        "{who}很会{kind}": 1.5,
        "{who}有点害怕": 1.0,
        "{who}刚学会{act}": 1.0,
    },
    counted={
        "entailment": {"不只一{group}在{kind}": 2.0},
        "contradiction": {"那里只有一{group}": 1.0, "{other_count}{group}在{act}": 1.0},
        "neutral": {"这{who}是一家": 1.0},
    },
    markers={
        "contradiction": ("不过", "然而", "奇怪的是", "并非如此", "恰恰相反", "但"),
        "entailment": ("看得出", "很明显", "可以说", "由此可知", "是的", "总之"),
        "neutral": ("猜想", "兴许", "我觉得", "主人说", "八成", "应该"),
    },
)
