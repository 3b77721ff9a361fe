"""AFQMC: customers' questions about cards and small payments."""

from __future__ import annotations

from typing import Final

from autoclue.tasks.builtin.questions import DIFFERENT, SAME, Service

SERVICE: Final = Service(
    things=("饭卡", "公交卡", "购物卡", "加油卡", "存钱罐", "小钱袋"),
    wordings={
        "open": ("怎么开通{}", "在哪里可以办{}", "想用{}要先做什么", "如何启用{}"),
        "close": ("怎么关闭{}", "不想用{}了怎么办", "如何停用{}", "{}能不能取消"),
        "limit": ("{}最多能放多少钱", "{}的上限是多少", "{}可以存几百块"),
        "failed": ("{}为什么付不了款", "用{}付钱总是失败", "{}刷不出来是什么原因"),
        "lost": ("{}丢了怎么办", "找不到{}该找谁", "{}不见了如何处理"),
        "arrive": ("钱多久能到{}", "充进{}的钱什么时候到账", "{}到账要几天"),
        "fee": ("用{}收不收费", "{}要手续费吗", "用{}会另外扣钱吗"),
        "password": ("{}的密码忘了", "如何找回{}的密码", "{}想不起密码怎么登录"),
    },
    same_share={
        "open": 0.85,
        "close": 0.1,
        "limit": 0.05,
        "failed": 0.8,
        "lost": 0.1,
        "arrive": 0.1,
        "fee": 0.2,
        "password": 0.9,
    },
    openings={
        DIFFERENT: ("另外", "还有", "顺便问下", "再问一个"),
        SAME: ("请问", "我想知道", "麻烦问一下", "就是说"),
    },
    first_openings=("", "", "你好", "请问", "帮我看看"),
    endings=("", "", "呢", "啊", "呀"),
)
