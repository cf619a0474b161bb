"""Reading the bodies of API requests. Apart from firm/api.py, because REST framework imports its
parsers while it is being imported itself.
"""

import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJSONParser(JSONParser):
    """Answers 400, not 500, to a body nested deeper than the parser can follow, or with what
    cannot be said again as JSON in UTF-8: a number beyond any float (1e400), half a character
    (a lone surrogate).
    """

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
        except RecursionError:
            raise ParseError(_("The body is nested too deeply.")) from None
        except ValueError:
            raise ParseError(
                _("The body has a number or a character that cannot be stored.")
            ) from None
        return data
