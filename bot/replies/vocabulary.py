"""The words of each language: what a reply may begin with, and what it then means.

Every language is understood everywhere: a server's people are not all of one. A word therefore has one meaning across
all of them, and a word that another language uses every day counts only where a colon or a quote follows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.replies.characters import folded
from bot.replies.said import Verb

VOCABULARY: Final[Mapping[str, Mapping[Verb, tuple[str, ...]]]] = {
    "en": {
        Verb.EXTEND: ("extend",),
        Verb.CONTINUE: ("continue", "longer"),
        Verb.LIPSYNC: ("say", "lipsync", "lip-sync", "lip sync", "dub"),
        Verb.REROLL: ("again", "reroll", "re-roll", "retry"),
        Verb.EDIT: ("edit",),
        Verb.INFO: ("info",),
        Verb.CANCEL: ("cancel",),
        Verb.DELETE: ("delete",),
        Verb.HELP: ("help",),
    },
    "de": {
        Verb.EXTEND: ("verlängern", "verlängere", "verlaengern", "verlaengere", "erweitern", "erweitere"),
        Verb.CONTINUE: ("weiter", "mach weiter", "länger", "laenger", "fortsetzen"),
        Verb.LIPSYNC: ("sag", "sage", "sprich", "synchronisiere", "synchronisieren"),
        Verb.REROLL: ("nochmal", "noch mal", "nochmals", "noch einmal", "wiederholen", "erneut"),
        Verb.EDIT: ("bearbeiten", "bearbeite", "ändern", "aendern"),
        Verb.INFO: ("infos",),
        Verb.CANCEL: ("abbrechen", "abbruch", "stornieren"),
        Verb.DELETE: ("löschen", "lösche", "loeschen", "loesche"),
        Verb.HELP: ("hilfe",),
    },
    "es": {
        Verb.EXTEND: ("extender", "extiende", "ampliar", "alargar", "alarga"),
        Verb.CONTINUE: ("continuar", "continúa", "sigue", "seguir", "más largo"),
        Verb.LIPSYNC: ("que diga", "di", "diga", "decir", "haz que diga"),
        Verb.REROLL: ("otra vez", "de nuevo", "repetir", "repite", "reintentar"),
        Verb.EDIT: ("editar", "edita"),
        Verb.INFO: ("información", "detalles"),
        Verb.CANCEL: ("cancelar", "cancela"),
        Verb.DELETE: ("borrar", "borra", "eliminar", "elimina"),
        Verb.HELP: ("ayuda",),
    },
    "fr": {
        Verb.EXTEND: ("prolonger", "prolonge", "étendre", "étends", "rallonger", "rallonge"),
        Verb.CONTINUE: ("continuer", "plus long", "la suite"),
        Verb.LIPSYNC: ("fais dire", "dis", "dire", "fais-lui dire"),
        Verb.REROLL: (
            "encore",
            "encore une fois",
            "à nouveau",
            "refaire",
            "refais",
            "relancer",
            "relance",
            "réessayer",
        ),
        Verb.EDIT: ("modifier", "modifie", "éditer"),
        Verb.INFO: ("détails",),
        Verb.CANCEL: ("annuler", "annule"),
        Verb.DELETE: ("supprimer", "supprime", "effacer", "efface"),
        Verb.HELP: ("aide",),
    },
    "ja": {
        Verb.EXTEND: ("延長", "延長して", "伸ばして"),
        Verb.CONTINUE: ("続けて", "続き", "もっと長く", "長くして"),
        Verb.LIPSYNC: (
            "言って",
            "言ってください",
            "言わせて",
            "話して",
            "しゃべって",
            "喋って",
            "リップシンク",
            "吹き替え",
            "セリフ",
        ),
        Verb.REROLL: (
            "もう一度",
            "もう一回",
            "もういちど",
            "もういっかい",
            "やり直し",
            "やり直して",
            "リトライ",
            "再生成",
        ),
        Verb.EDIT: ("編集", "編集して"),
        Verb.INFO: ("情報", "詳細"),
        Verb.CANCEL: ("キャンセル", "取り消し", "取消", "中止"),
        Verb.DELETE: ("削除", "削除して", "消して"),
        Verb.HELP: ("ヘルプ", "使い方"),
    },
    "pt-BR": {
        Verb.EXTEND: ("estender", "estenda", "estende", "prolongar", "prolongue", "alongar", "alongue"),
        Verb.CONTINUE: ("continua", "continue", "mais longo"),
        Verb.LIPSYNC: ("diga", "fala", "fale", "falar", "diz", "dizer", "faz dizer"),
        Verb.REROLL: ("de novo", "outra vez", "novamente", "refazer", "refaz", "repetir", "tentar de novo"),
        Verb.EDIT: ("editar", "edite", "edita"),
        Verb.INFO: ("informações", "detalhes"),
        Verb.CANCEL: ("cancelar", "cancele", "cancela"),
        Verb.DELETE: ("apagar", "apague", "apaga", "excluir", "exclua", "deletar"),
        Verb.HELP: ("ajuda",),
    },
    "zh-CN": {
        Verb.EXTEND: ("延长", "扩展", "延伸"),
        Verb.CONTINUE: ("继续", "更长", "再长一点", "长一点"),
        Verb.LIPSYNC: ("说", "说出", "让他说", "让她说", "让它说", "配音", "对口型"),
        Verb.REROLL: ("再来", "再来一次", "再一次", "重来", "重做", "重试", "再试一次", "重新生成"),
        Verb.EDIT: ("编辑", "修改"),
        Verb.INFO: ("信息", "详情"),
        Verb.CANCEL: ("取消",),
        Verb.DELETE: ("删除", "删掉"),
        Verb.HELP: ("帮助",),
    },
}
"""Discord locale (the language alone where Discord has several), verb, words; the first word is the one to show."""

SET_OFF: Final = frozenset(folded(word) for word in ("sage", "di", "dis", "dire", "fala"))
"""Verbs that are everyday words elsewhere ("sage advice", Indonesian "di sini", slang "dis is great", "dire need",
Brazilian "fala galera"): they count only before a colon or a quote."""

WRITTEN_TOGETHER: Final = frozenset({"ja", "zh-CN"})
"""Languages that put no space after a verb."""

_TE_FORM = (
    "る|い[たなるま]|た(?!だ|す)|て(?!す)|な[いか]|ん|も(?!し)|は(?!じ)|おく|おいて"
    "|くれ|くだ|下さ|欲し|ほし|しま|み[たて]|か[らな]"
)
_NOUN = "[\u3041-\u309f]"
NOT_BEFORE: Final[Mapping[str, re.Pattern[str]]] = {
    folded(word): re.compile(pattern)
    for word, pattern in {
        **dict.fromkeys(("言って", "言わせて", "話して", "しゃべって", "喋って", "延長して", "伸ばして"), _TE_FORM),
        "延長": rf"{_NOUN}|[戦線料コ]",
        **dict.fromkeys(("リップシンク", "吹き替え", "セリフ"), _NOUN),
        "说": "[得真实明起是的到来话法服了过完谁啥什吧不]|好[的了吧]",
        "说出": "[来的了去口]",
        "配音": "[不很真太好的演员效了是]",
        "对口型": "[不很真太好的了是]",
        **dict.fromkeys(("延长", "扩展", "延伸"), "[了的吗到不线版时是可会能后包坞名性]"),
    }.items()
}
"""What may not follow a verb directly, since the two are another word or sentence: 言っている "is saying",
延長できる？ "can it be extended?", 说得好 "well said"."""

VERBS: Final[Mapping[str, Verb]] = {
    folded(word): verb for words in VOCABULARY.values() for verb, known in words.items() for word in known
}
"""Every word, folded."""

TOGETHER: Final = frozenset(
    folded(word) for language in WRITTEN_TOGETHER for known in VOCABULARY[language].values() for word in known
)
"""The words, folded, that need no space after them."""
