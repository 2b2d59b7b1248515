"""Contact forms: read from XLSForm, translated, validated. The browser mirrors this in `pwa/src/forms`."""

from server.forms.conversion import read_sheet
from server.forms.errors import FormError
from server.forms.example import example
from server.forms.form import Choice, Field, Form, Value, Values, all_keys, fields, keys, named
from server.forms.publication import Publication, parse_content, parse_publication
from server.forms.relevance import Relevance
from server.forms.translation import Translate, texts, translate
from server.forms.validation import Problem, relevant_values, validate
from server.forms.weeks import week_of
from server.forms.xlsform import parse_xlsform

__all__ = [
    "Choice",
    "Field",
    "Form",
    "FormError",
    "Problem",
    "Publication",
    "Relevance",
    "Translate",
    "Value",
    "Values",
    "all_keys",
    "example",
    "fields",
    "keys",
    "named",
    "parse_content",
    "parse_publication",
    "parse_xlsform",
    "read_sheet",
    "relevant_values",
    "texts",
    "translate",
    "validate",
    "week_of",
]
