"""Words for explanations: one small table a language, from comparisons and levels to what a caseworker would say.

A comparison that is not here (one of your own) is named as it names itself, a level too. To speak another language, add
a table; a test asks every table for the same keys and for an eighth-grade level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """One language: names of facts, of levels, and sentences with places for what the model says."""

    facts: Mapping[str, str]
    levels: Mapping[str, str]
    sentences: Mapping[str, str]
    and_word: str

    def fact(self, comparison: str) -> str:
        """The fact that a comparison looks at; one that is not known as it names itself."""
        return self.facts.get(comparison, comparison.replace("_", " "))

    def level(self, level: str) -> str:
        """How alike two values are; a level that is not known as it names itself."""
        return self.levels.get(level) or self.levels.get(level.rpartition(" ")[0], level)

    def say(self, sentence: str, **parts: object) -> str:
        """A sentence with its parts in place."""
        return self.sentences[sentence].format(**parts)

    def join(self, words: list[str]) -> str:
        """A list as one would say it.

        >>> ENGLISH.join(["name", "sex", "phone"]), ENGLISH.join(["name"])
        ('name, sex and phone', 'name')
        """
        return f"{', '.join(words[:-1])} {self.and_word} {words[-1]}" if len(words) > 1 else "".join(words)


ENGLISH = Phrases(
    facts={
        "first_name": "first name",
        "middle_name": "middle name",
        "last_name": "last name",
        "full_name": "full name",
        "suffix": "Jr. or Sr.",
        "birth_date": "birth date",
        "age": "age",
        "sex": "sex",
        "ssn": "SSN",
        "taxpayer_id": "tax number",
        "street": "street",
        "zip": "ZIP code",
        "city": "city",
        "county": "county",
        "phone": "phone",
        "email": "email",
    },
    levels={
        "similar": "much alike",
        "at least": "much alike",
        "initial": "only a first letter",
        "related": "a short form",
        "other name": "a name used before",
        "other number": "a number used before",
        "another's number": "the number of a relative",
        "swapped": "two parts swapped",
        "close": "a small slip",
        "two parts differ": "the year is the same",
        "one part differs": "two parts are the same",
        "one digit": "one digit off",
        "partial": "the same where known",
        "next number": "the next number",
        "shared number": "the same, but many use it",
        "last four": "the last four are the same",
        "same street": "another house",
        "some shared": "some are the same",
    },
    sentences={
        "one": "These records count as one person.",
        "two": "These records count as two people.",
        "weight": "The facts add up to {weight} bits.",
        "weight shown": "The facts shown here add up to {weight} bits.",
        "line": "The line for one person is {line} bits.",
        "chance": "The model puts the chance of one person at {chance} percent.",
        "over": "more than {chance}",
        "under": "less than {chance}",
        "one file": "They are in one file{bits}.",
        "two files": "They are in two files{bits}.",
        "agree": "These are the same: {facts}.",
        "alike": "These are partly the same: {facts}.",
        "differ": "These are not the same: {facts}.",
        "missing": "These are missing, so they do not count: {facts}.",
        "withheld": "These are withheld: {facts}.",
        "family for": "Who lives with them adds {bits} bits.",
        "family against": "Who lives with them takes away {bits} bits.",
        "prior": "Most pairs are two people, so the count starts at {bits} bits.",
        "blocking": "Pairs like this one are picked because they look the same: {bits} bits.",
        "household": "People of one home look the same too: {bits} bits.",
        "one fact decides": "Without the {fact}, {left} bits are left, and the answer would change.",
        "no fact decides": "Even without the {fact}, {left} bits are left, and the answer would be the same.",
        "without difference": "If the {fact} did not differ, there would be {left} bits. The answer could change.",
        "if known": "If the {fact} were known and the same, there would be {left} bits. The answer could change.",
        "nothing changes it": "No one fact would change the answer.",
        "tied by others": "The sum is below the line, but other records tie the two together.",
        "apart by others": "The sum is above the line, but something else keeps the two apart.",
        "no rule": "No search rule brought the two records side by side.",
        "short": "They are {bits} bits short of the line.",
        "decided": "A person looked at them and said that they are not the same.",
        "kept apart": "They may not be one person: two people in one case, or a file that lists each person once.",
        "others against": "Other records of the two say that they are not the same.",
        "check": "This is a lead. A worker must check it.",
        "one home": "These people count as one household.",
        "two homes": "These people count as two households.",
        "lists": "There are {n} lists of who lives there.",
        "home weight": "The lists give {bits} bits for one home. Above 0 they count as one.",
        "shared people": "{n} pairs of lists have people in both.",
        "same place": "{n} pairs of lists have the same address.",
        "other place": "{n} pairs of lists have another address.",
        "own heads": "{n} pairs of lists each have their own head of the home.",
        "kept homes": "{n} pairs of lists stay apart, since a case says that a parent lives somewhere else.",
        "places withheld": "The address is withheld.",
        "nothing ties": "Nothing ties the lists to each other.",
        "finding": "This lead is about: {title}.",
        "finding people": "It is about {n} people.",
        "finding shows": "The data say this: {facts}.",
        "finding check": "It is not verified. Check first: {verify}",
        "finding innocent": "It may have a plain reason: {innocent}",
    },
    and_word="and",
)

SPANISH = Phrases(
    facts={
        "first_name": "nombre",
        "middle_name": "segundo nombre",
        "last_name": "apellido",
        "full_name": "nombre completo",
        "suffix": "Jr. o Sr.",
        "birth_date": "fecha de nacimiento",
        "age": "edad",
        "sex": "sexo",
        "ssn": "Seguro Social",
        "taxpayer_id": "número fiscal",
        "street": "calle",
        "zip": "zona postal",
        "city": "ciudad",
        "county": "condado",
        "phone": "teléfono",
        "email": "correo",
    },
    levels={
        "similar": "muy igual",
        "at least": "muy igual",
        "initial": "solo la primera letra",
        "related": "una forma corta",
        "other name": "un nombre de antes",
        "other number": "un número de antes",
        "another's number": "el número de un familiar",
        "swapped": "dos partes al revés",
        "close": "un error chico",
        "two parts differ": "el año es igual",
        "one part differs": "dos partes son iguales",
        "one digit": "un número mal",
        "partial": "igual en lo que se sabe",
        "next number": "el número que sigue",
        "shared number": "igual, pero muchos lo usan",
        "last four": "los cuatro del final son iguales",
        "same street": "otra casa",
        "some shared": "unos son iguales",
    },
    sentences={
        "one": "Los dos datos son de una sola persona.",
        "two": "Los dos datos son de dos personas.",
        "weight": "Todo junto suma {weight} bits.",
        "weight shown": "Lo que se ve aquí suma {weight} bits.",
        "line": "Con más de {line} bits, se toma como una sola persona.",
        "chance": "Para el modelo, es una sola persona con {chance} por ciento.",
        "over": "más de {chance}",
        "under": "menos de {chance}",
        "one file": "Están en una sola lista{bits}.",
        "two files": "Están en dos listas{bits}.",
        "agree": "Esto es igual: {facts}.",
        "alike": "Esto es igual solo en parte: {facts}.",
        "differ": "Esto no es igual: {facts}.",
        "missing": "Esto falta y no cuenta: {facts}.",
        "withheld": "Esto no se muestra (withheld): {facts}.",
        "family for": "La gente con la que vive suma {bits} bits.",
        "family against": "La gente con la que vive quita {bits} bits.",
        "prior": "Casi todos los pares son dos personas. Por eso se parte de {bits} bits.",
        "blocking": "Los pares como este se eligen porque se parecen: {bits} bits.",
        "household": "Las personas de un mismo hogar también se parecen: {bits} bits.",
        "one fact decides": "Sin esto: {fact}, quedan {left} bits, y ya no sería igual.",
        "no fact decides": "Sin esto: {fact}, quedan {left} bits, y sería igual.",
        "without difference": "Si esto no fuera otro: {fact}, la suma sería {left} bits, y eso puede dar otra cosa.",
        "if known": "Si esto se sabe y es igual: {fact}, la suma sería {left} bits, y eso puede dar otra cosa.",
        "nothing changes it": "Ningún dato solo lo cambia.",
        "tied by others": "La suma no llega, pero otros datos los unen.",
        "apart by others": "La suma llega, pero otra cosa los separa.",
        "no rule": "Al buscar, ninguna regla puso los dos juntos.",
        "short": "Les faltan {bits} bits.",
        "decided": "Una persona los vio y dijo que no son iguales.",
        "kept apart": "No pueden ser uno: son dos en un caso, o la lista pone a cada uno una sola vez.",
        "others against": "Otros datos de los dos dicen que no son iguales.",
        "check": "Es solo una pista. Un trabajador la tiene que ver.",
        "one home": "Esta gente vive en un solo hogar.",
        "two homes": "Esta gente vive en dos hogares.",
        "lists": "Hay {n} listas de la gente que vive ahí.",
        "home weight": "Las listas dan {bits} bits para un solo hogar. Con más de 0 es uno.",
        "shared people": "En {n} pares de listas hay gente en las dos.",
        "same place": "En {n} pares de listas la casa es igual.",
        "other place": "En {n} pares de listas la casa es otra.",
        "own heads": "En {n} pares de listas, cada una tiene su jefe de hogar.",
        "kept homes": "En {n} pares no se unen: un caso dice que el padre o la madre vive en otra casa.",
        "places withheld": "La casa no se muestra (withheld).",
        "nothing ties": "Nada une las listas.",
        "finding": "Esta pista trata de: {title}.",
        "finding people": "Trata de {n} personas.",
        "finding shows": "Los datos dicen esto: {facts}.",
        "finding check": "No está probado. Primero hay que ver: {verify}",
        "finding innocent": "Puede tener una causa simple: {innocent}",
    },
    and_word="y",
)

LANGUAGES: Mapping[str, Phrases] = {"en": ENGLISH, "es": SPANISH}

FINDING_TITLES: Mapping[str, Mapping[str, str]] = {
    "es": {
        "Q01": "un Seguro Social que no vale",
        "Q02": "un Seguro Social que usan dos o más",
        "Q03": "una persona con dos o más Seguros Sociales",
        "Q04": "un error al escribir el Seguro Social",
        "Q05": "un Seguro Social raro para su edad",
        "Q07": "una fecha de nacimiento que no puede ser",
        "Q08": "dos fechas de nacimiento",
        "D01": "una línea que está dos veces",
        "D02": "una línea que está casi dos veces",
        "D04": "una persona en dos casos de ayuda",
        "D05": "un niño en dos casos de ayuda",
        "D06": "un caso que está dos veces",
        "D07": "un niño a cargo de dos personas",
        "D08": "un niño con dos padres probados",
        "D09": "un hogar que pidió dos veces",
        "D10": "una persona que está dos veces",
        "C01": "una familia en la que nadie tiene derecho",
        "C03": "una persona que está como padre y como padre que no vive ahí",
        "C04": "un padre que no vive ahí, pero está en la lista del hogar",
        "C05": "edades raras de padre e hijo",
        "C06": "un adulto que sigue como niño",
        "C07": "dos listas que no dicen igual quién es quién",
        "C09": "una razón que los datos no dicen igual",
        "C11": "una persona muerta en un caso",
        "C12": "una persona presa que está en el hogar",
        "R01": "un caso que nadie mandó",
        "R02": "un caso abierto tarde",
        "R03": "un padre que nadie mandó",
        "R04": "ayuda que no está igual en los dos lados",
        "R06": "una causa justa que está en un solo lado",
        "R07": "una marca que está en un solo lado",
        "R08": "niños que no están en los dos lados",
        "E01": "un trabajo nuevo que no está en el caso",
        "E02": "un pago que no está en el caso",
        "E03": "un Seguro Social con otro nombre",
        "E06": "un trabajo nuevo del padre que no vive ahí",
    }
}
"""Titles of our findings in other languages than that of their rules; one that is not here keeps its own."""
