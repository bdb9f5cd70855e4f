"""The few wording rules for Spanish texts: decisive words, under the names of the English rules."""

from __future__ import annotations

import re

from rjeval.report.wording_rule import MIDDLE, WEAK, Rule

#: Words that say that the programme was the reason.
_CAUSE = (
    r"\b(demuestra|demuestran|demostró|((?<!una )(?<!la )prueba|probó|comprueba|comprobó) que|"
    r"caus(?:a|ó|aron)|previn(?:o|ieron)|evitó|evitaron|"
    r"gracias a(?:l| la| los| las)? program\w+|impacto de)\b"
)
SPANISH_RULES = (
    Rule(
        name="W1",
        pattern=re.compile(
            rf"{_CAUSE}|\b(redujo|redujeron|reduce|logró (?:reducir|bajar)|eficaz|eficacia|"
            r"efectividad|ahorr(?:ó|aron|a))\b",
            re.IGNORECASE,
        ),
        advice="Without a matched or randomised comparison, describe: “x de n tuvieron …”.",
        better="De 280 personas remitidas, 35 (12.5%) figuran con una nueva acusación "
        "formal en los 12 meses desde la remisión.",
        unless=re.compile(
            r"\bno dicen? nada de\b|\bningun[ao] \w+ (?:lo )?(?:demuestra|prueba)|"
            r"\bno (?:lo )?demuestra",
            re.IGNORECASE,
        ),
        tiers=WEAK,
    ),
    Rule(
        name="W1",
        pattern=re.compile(_CAUSE, re.IGNORECASE),
        advice="A matched design shows association: “fue más baja en asociación con …”.",
        better="La proporción fue más baja en asociación con el programa: 35 de 280 "
        "(12.5%) frente a 35 de 185 (18.9%).",
        tiers=MIDDLE,
    ),
    Rule(
        name="W7",
        pattern=re.compile(
            r"\bno (hubo|hay|tuvo|existe|existen) (ningun[ao]? )?(efecto|diferencia|impacto)s?\b"
            r"(?! clara)|\bsin (efecto|impacto)\b|\bno (fue|es|son|fueron) significativ[ao]s?\b",
            re.IGNORECASE,
        ),
        advice="Write “sin diferencia clara; compatible con una baja de a hasta un alza de b”.",
        better="No hay diferencia clara; es compatible con una baja de 14 hasta un "
        "alza de 1 puntos porcentuales.",
        unless=re.compile(r"no significa", re.IGNORECASE),
    ),
    Rule(
        name="W8",
        pattern=re.compile(
            r"\bestadísticamente significativ\w+|\bsignificativamente\b", re.IGNORECASE
        ),
        advice="Print the interval; p-values belong in the appendix, stars nowhere.",
        better="La diferencia fue de −6.4 puntos porcentuales (IC del 95%: −14.0 a 1.0).",
    ),
    Rule(
        name="W14",
        pattern=re.compile(
            r"\btod[ao]s (menos|salvo|excepto) (una?|dos|tres|\d+)\b|"
            r"\bs[oó]lo (una?|dos|tres) \w+ no\b",
            re.IGNORECASE,
        ),
        advice="This gives a small number away; leave it out.",
        better="La mayoría de quienes respondieron estuvo de acuerdo.",
    ),
    Rule(
        name="W15",
        pattern=re.compile(
            r"\b(ofensor(?:es|as?)?|delincuentes?|criminales|victimari[ao]s?|rec?lus[ao]s?)\b",
            re.IGNORECASE,
        ),
        advice="Write people first: “la persona responsable”, “personas remitidas”.",
        better="Las personas responsables se reunieron con las personas dañadas.",
    ),
)
