from enum import StrEnum


class TokenType(StrEnum):
    DATE = "date"
    ENUMERATION = "enumeration"
    NUMBER = "number"
    STRING = "string"

    def __str__(self) -> str:
        return str(self.value)
