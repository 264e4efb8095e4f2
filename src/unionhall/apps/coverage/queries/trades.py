"""Which section of the national classification a trade belongs to, by its words."""

from __future__ import annotations

from unionhall.apps.coverage.codes import Sector

# The longest word that stands in the trade decides; of equally long ones the first.
_WORDS: dict[Sector, str] = {
    Sector.A: "农 林业 牧 渔 养殖 种植 园艺 畜",
    Sector.B: "采矿 煤炭 矿业 开采 石油天然气开采",
    Sector.C: "制造业 设备制造业 制造 加工 机械 纺织 服装 食品 化工 电子 印刷 家具 五金 塑料 模具 饮料"
    " 造纸 金属制品",
    Sector.D: "电力 热力 燃气 供水 供电 自来水 发电",
    Sector.E: "建筑 装饰 装修 安装工程 土木 市政工程 施工",
    Sector.F: "批发 零售 贸易 商贸 超市 便利店 商店 销售 电子商务 百货 药店 专卖",
    Sector.G: "运输 仓储 邮政 物流 快递 配送 货运 客运 外卖 网约车 出租车 即时配送 装卸",
    Sector.H: "住宿 餐饮 酒店 宾馆 饭店 餐厅 民宿 火锅 小吃 咖啡 奶茶",
    Sector.I: "信息 软件 互联网 网络 计算机 通信 数据 电信 人工智能 信息技术服务",
    Sector.J: "金融 银行 保险 证券 基金 典当 融资 小额贷款",
    Sector.K: "房地产 物业 房产 房屋中介 物业管理",
    Sector.L: "租赁 商务服务 人力资源 劳务派遣 广告 咨询 会展 旅行社 保安 法律服务 会计 安保",
    Sector.M: "科学研究 技术服务 研发 检测 设计 勘察 测绘 科技推广 专业技术",
    Sector.N: "水利 环境 公共设施 环卫 绿化 园林 保洁 污水 垃圾",
    Sector.O: "居民服务 修理 家政 美容 美发 理发 洗浴 洗染 维修 殡葬 汽车修理 其他服务业",
    Sector.P: "教育 培训 学校 幼儿园 托育 驾校",
    Sector.Q: "卫生 医院 诊所 医疗 养老 社会工作 口腔 护理 托养",
    Sector.R: "文化 体育 娱乐 影视 出版 健身 传媒 影院 网吧",
    Sector.S: "公共管理 社会保障 社会组织 协会 行业协会 机关 基金会",
    Sector.T: "国际组织",
}
_BY_WORD = sorted(
    ((word, sector) for sector, words in _WORDS.items() for word in words.split()),
    key=lambda pair: -len(pair[0]),
)
_BY_TITLE = {str(letter): letter for letter in Sector}


def sector_of(trade: str) -> str:
    """The letter of a trade's section; empty where its words tell nothing.

    A code of the classification itself (such as F5212) says it directly.
    """
    words = trade.strip()
    if words[:1].upper() in _BY_TITLE and (len(words) == 1 or words[1:5].isdigit()):
        return words[0].upper()
    return next((str(sector) for word, sector in _BY_WORD if word in words), "")
