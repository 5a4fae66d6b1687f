"""Invented names of places, Chinese and English together."""

from collections.abc import Iterator

import numpy as np

Name = tuple[str, str]

FIRST: tuple[Name, ...] = (
    ("柳", "Liu"), ("青", "Qing"), ("石", "Shi"), ("云", "Yun"), ("白", "Bai"), ("松", "Song"),
    ("竹", "Zhu"), ("梅", "Mei"), ("南", "Nan"), ("北", "Bei"), ("东", "Dong"), ("西", "Xi"),
    ("上", "Shang"), ("下", "Xia"), ("前", "Qian"), ("后", "Hou"), ("大", "Da"), ("小", "Xiao"),
    ("金", "Jin"), ("银", "Yin"), ("龙", "Long"), ("凤", "Feng"), ("马", "Ma"), ("牛", "Niu"),
    ("枫", "Feng"), ("桃", "Tao"), ("杏", "Xing"), ("泉", "Quan"), ("清", "Qing"), ("新", "Xin"),
    ("古", "Gu"), ("长", "Chang"), ("双", "Shuang"), ("三", "San"), ("九", "Jiu"), ("月", "Yue"),
)  # fmt: skip
MIDDLE: tuple[Name, ...] = (
    ("树", "shu"), ("溪", "xi"), ("桥", "qiao"), ("岭", "ling"), ("石", "shi"), ("坪", "ping"),
    ("山", "shan"), ("水", "shui"), ("花", "hua"), ("田", "tian"), ("塘", "tang"), ("井", "jing"),
    ("湾", "wan"), ("林", "lin"), ("河", "he"), ("岩", "yan"), ("庄", "zhuang"), ("港", "gang"),
)  # fmt: skip
LAST: tuple[Name, ...] = (
    ("沟", "gou"), ("坡", "po"), ("口", "kou"), ("头", "tou"), ("湾", "wan"), ("坝", "ba"),
    ("寨", "zhai"), ("屯", "tun"), ("店", "dian"), ("铺", "pu"), ("冲", "chong"), ("坳", "ao"),
    ("洲", "zhou"), ("墩", "dun"), ("集", "ji"), ("埠", "bu"),
)  # fmt: skip
QUARTERS: tuple[Name, ...] = (
    ("和平", "Heping"), ("人民", "Renmin"), ("向阳", "Xiangyang"), ("滨河", "Binhe"),
    ("东门", "Dongmen"), ("西门", "Ximen"), ("南关", "Nanguan"), ("北关", "Beiguan"),
    ("新华", "Xinhua"), ("文昌", "Wenchang"), ("解放", "Jiefang"), ("建设", "Jianshe"),
    ("学府", "Xuefu"), ("花园", "Huayuan"), ("望江", "Wangjiang"), ("安居", "Anju"),
    ("明珠", "Mingzhu"), ("兴业", "Xingye"), ("长青", "Changqing"), ("春晖", "Chunhui"),
)  # fmt: skip
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"


def place_names(seed: int) -> Iterator[Name]:
    """Names of villages and towns, each only once."""
    every = [
        (a + b + c, p + q + r)
        for a, p in FIRST
        for b, q in MIDDLE
        if a != b
        for c, r in LAST
        if b != c
    ]
    for place in np.random.default_rng(seed).permutation(len(every)):
        yield every[place]


def town_names(seed: int) -> Iterator[Name]:
    """Short names of towns, each only once."""
    every = [(a + c, p + r) for a, p in FIRST for c, r in LAST]
    for place in np.random.default_rng(seed).permutation(len(every)):
        yield every[place]
