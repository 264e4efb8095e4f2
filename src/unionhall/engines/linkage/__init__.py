"""Records of Chinese enterprises made comparable; whose they are is decided from the parts.

normalise("杭州云栖信息技术（上海）有限公司", codes=["913301000000000196"], address="文三路 12 号")
normalise_columns(names, codes=[credit_codes, tax_numbers], addresses=addresses)
"""

from __future__ import annotations

from unionhall.engines.linkage.addresses import AddressParts, read_address
from unionhall.engines.linkage.codes import Codes, read_code, read_codes
from unionhall.engines.linkage.headquarters import Headquarters
from unionhall.engines.linkage.names import NameParts, read_name
from unionhall.engines.linkage.persons import masked_name, person_in
from unionhall.engines.linkage.phones import read_phone
from unionhall.engines.linkage.records import COLUMNS, Record, normalise, normalise_columns
from unionhall.engines.linkage.sounds import name_pinyin, pinyin
from unionhall.engines.linkage.text import plain_text, plain_texts

__all__ = [
    "COLUMNS",
    "AddressParts",
    "Codes",
    "Headquarters",
    "NameParts",
    "Record",
    "masked_name",
    "name_pinyin",
    "normalise",
    "normalise_columns",
    "person_in",
    "pinyin",
    "plain_text",
    "plain_texts",
    "read_address",
    "read_code",
    "read_codes",
    "read_name",
    "read_phone",
]
