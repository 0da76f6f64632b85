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
    months: tuple[str, ...]
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

    def count(self, what: str, n: int) -> str:
        """So many of something.

        >>> ENGLISH.count("people", 1), ENGLISH.count("people", 3), SPANISH.count("people", 3)
        ('1 person', '3 people', '3 personas')
        """
        return self.say(what if n != 1 else f"one of {what}", n=n)

    def month(self, text: str) -> str:
        """A month, ``YYYY-MM``, as one says it.

        >>> ENGLISH.month("2026-01"), SPANISH.month("2026-01")
        ('January 2026', 'enero de 2026')
        """
        year, _, month = text.partition("-")
        return self.say("month", name=self.months[int(month) - 1], year=year)

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
        "suffix": "Jr or Sr",
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
        "at least": "at least {chance}",
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
        "would part": "If just one of these were not the same, the sum would fall below the line: {facts}.",
        "would not meet": "If just one of these were not the same, no search rule would find the two: {facts}.",
        "nothing parts": "No one fact would change the answer. With another {fact}, {left} bits would be left.",
        "would join": "If just one of these were the same, the sum would reach the line: {facts}.",
        "would join if known": "If just one of these were known and the same, the sum would reach the line: {facts}.",
        "nothing joins": "No one fact would change the answer. With the same {fact}, there would be {left} bits.",
        "nothing changes it": "No one fact would change the answer.",
        "change withheld": "What would change the answer is not told here, since a part of the facts is withheld.",
        "others": "Other records of theirs count too: {n}.",
        "tied by others": "The sum is below the line, but other records tie the two together.",
        "apart by others": "The sum is above the line, but something else keeps the two apart.",
        "no rule": "No search rule brought the two records side by side.",
        "short": "They are {bits} bits short of the line.",
        "decided": "A person looked at them and said that they are not the same.",
        "kept apart": "They may not be one person: two people in one case, or a file that lists each person once.",
        "others against": "Other records of the two say that they are not the same.",
        "new decision": "Only another decision would change the answer.",
        "new list": "The answer changes only if the case or the file does not list them as two.",
        "check": "This is a lead. A worker must check it.",
        "one home": "These people count as one household.",
        "two homes": "These people count as two households.",
        "lists": "There are {n} lists of who lives there.",
        "one of lists": "There is {n} list of who lives there.",
        "home weight": "The lists give {bits} bits for one home. Above 0 they count as one.",
        "shared people": "Pairs of lists with people in both: {n}.",
        "same place": "Pairs of lists with the same address: {n}.",
        "other place": "Pairs of lists with another address: {n}.",
        "unknown place": "Pairs of lists where an address is missing: {n}.",
        "own heads": "Pairs of lists, each with its own head of the home: {n}.",
        "kept homes": "Pairs that stay apart, since a case says that a parent lives somewhere else: {n}.",
        "places withheld": "The address is withheld.",
        "nothing ties": "Nothing ties the lists to each other.",
        "people": "{n} people",
        "one of people": "{n} person",
        "cases": "{n} cases",
        "one of cases": "{n} case",
        "month": "{name} {year}",
        "finding": "This is a lead to check: {title}.",
        "strength A": "The data themselves break a rule.",
        "strength B": "It is a strong lead, if these are the right people.",
        "strength C": "It is a weak lead. It counts only with other leads.",
        "about": "It is about {people}.",
        "about cases": "It is about {people} in {cases}.",
        "in month": "The month is {month}.",
        "in months": "The months are {first} to {last}.",
        "data until": "The data go up to {month}.",
        "data say": "{field}: {says}.",
        "rests on": "It holds only if its records are one person. The chance of that is {chance} percent.",
        "rests on nothing": "It does not rest on a match between records.",
        "tested": "This plain reason was tested, and the data do not show it: {reason}.",
        "untested": "This plain reason was not tested and may be true: {reason}.",
        "no untested": "There may be other plain reasons that nobody has thought of.",
        "check first": "Check this first: {verify}.",
        "check who": "This is a task for {who}.",
        "not verified": "The lead is not verified. Take no step because of it alone.",
        "open": "Nobody has decided on it yet.",
        "confirmed": "A worker has looked at it and confirmed it.",
        "evidence changed": "It was decided once, but its evidence has changed since.",
        "falls": "If the records belong to two people, the lead falls away.",
        "pair": "Why the records of the {part} count as one person:",
        "mended": "If these facts are wrong, mend them at the source. The lead is then gone in the next run.",
        "dismissed": "If a plain reason holds, dismiss it. It stays closed until its evidence changes.",
        "own words": "Some of it is told in the words of its own rule.",
        "not asked": "These add nothing, since a smaller place is the same: {facts}.",
        "home falls": "If the address were not the same, the lists would give {bits} bits.",
        "home joins": "If the address were the same, the lists would give {bits} bits.",
        "home unknown": "If the address were known and the same, the lists would give {bits} bits.",
    },
    months=(
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    and_word="and",
)

SPANISH = Phrases(
    facts={
        "first_name": "nombre",
        "middle_name": "segundo nombre",
        "last_name": "apellido",
        "full_name": "nombre completo",
        "suffix": "Jr o Sr",
        "birth_date": "fecha de nacimiento",
        "age": "edad",
        "sex": "sexo",
        "ssn": "Seguro Social",
        "taxpayer_id": "número para impuestos",
        "street": "calle",
        "zip": "código postal",
        "city": "ciudad",
        "county": "condado",
        "phone": "teléfono",
        "email": "correo",
    },
    levels={
        "similar": "muy parecido",
        "at least": "muy parecido",
        "initial": "solo la primera letra",
        "related": "una forma corta",
        "other name": "un nombre de antes",
        "other number": "un número de antes",
        "another's number": "el número de un familiar",
        "swapped": "dos partes al revés",
        "close": "un error chico",
        "two parts differ": "el año es igual",
        "one part differs": "dos partes son iguales",
        "one digit": "cambia una cifra",
        "partial": "igual en lo que se sabe",
        "next number": "el número que sigue",
        "shared number": "igual, pero muchos lo usan",
        "last four": "las cuatro cifras del final son iguales",
        "same street": "otra casa de la misma calle",
        "some shared": "algunos son iguales",
    },
    sentences={
        "one": "Estos registros cuentan como una sola persona.",
        "two": "Estos registros cuentan como dos personas.",
        "weight": "Los datos suman {weight} bits.",
        "weight shown": "Los datos que se ven aquí suman {weight} bits.",
        "line": "Para contar como una sola persona hacen falta {line} bits.",
        "chance": "El modelo calcula que son una sola persona con {chance} por ciento.",
        "over": "más de {chance}",
        "under": "menos de {chance}",
        "at least": "al menos {chance}",
        "one file": "Están en un mismo archivo{bits}.",
        "two files": "Están en dos archivos{bits}.",
        "agree": "Esto es igual: {facts}.",
        "alike": "Esto es igual solo en parte: {facts}.",
        "differ": "Esto no es igual: {facts}.",
        "missing": "Esto falta y por eso no cuenta: {facts}.",
        "withheld": "Esto no se muestra (withheld): {facts}.",
        "family for": "La gente con la que viven suma {bits} bits.",
        "family against": "La gente con la que viven quita {bits} bits.",
        "prior": "Casi todos los pares son dos personas. Por eso la cuenta empieza en {bits} bits.",
        "blocking": "Los pares como este se eligen porque se parecen: {bits} bits.",
        "household": "Las personas de un mismo hogar también se parecen: {bits} bits.",
        "would part": "Si uno solo de estos datos fuera distinto, la suma ya no bastaría: {facts}.",
        "would not meet": "Si uno solo de estos datos fuera distinto, la búsqueda no los pondría juntos: {facts}.",
        "nothing parts": "Ningún dato solo cambia la respuesta. Con otro dato en {fact}, quedarían {left} bits.",
        "would join": "Si uno solo de estos datos fuera igual, la suma bastaría: {facts}.",
        "would join if known": "Si se supiera uno solo de estos datos y fuera igual, la suma bastaría: {facts}.",
        "nothing joins": "Ningún dato solo cambia la respuesta. Con el mismo dato en {fact}, habría {left} bits.",
        "nothing changes it": "Ningún dato solo cambia la respuesta.",
        "change withheld": "Aquí no se dice qué cambiaría la respuesta, porque una parte no se muestra.",
        "others": "También cuentan otros registros suyos: {n}.",
        "tied by others": "La suma no basta, pero otros registros los unen.",
        "apart by others": "La suma basta, pero otra cosa los separa.",
        "no rule": "Ninguna regla de la búsqueda puso juntos los dos registros.",
        "short": "Les faltan {bits} bits.",
        "decided": "Una persona los vio y dijo que no son la misma persona.",
        "kept apart": "No pueden ser uno: son dos en un mismo caso, o el archivo pone a cada persona una sola vez.",
        "others against": "Otros registros de los dos dicen que no son la misma persona.",
        "new decision": "Solo otra decisión de una persona cambiaría la respuesta.",
        "new list": "La respuesta cambia solo si el caso o el archivo no los pone como dos.",
        "check": "Esto es solo una pista. Un trabajador la tiene que revisar.",
        "one home": "Estas personas cuentan como un solo hogar.",
        "two homes": "Estas personas cuentan como dos hogares.",
        "lists": "Hay {n} listas de quién vive ahí.",
        "one of lists": "Hay {n} lista de quién vive ahí.",
        "home weight": "Las listas dan {bits} bits a favor de un solo hogar. Con más de 0 cuentan como uno.",
        "shared people": "Pares de listas con gente en las dos: {n}.",
        "same place": "Pares de listas con la misma dirección: {n}.",
        "other place": "Pares de listas con otra dirección: {n}.",
        "unknown place": "Pares de listas en que falta la dirección: {n}.",
        "own heads": "Pares de listas en que cada una tiene su jefe de hogar: {n}.",
        "kept homes": "Pares que no se unen, porque un caso dice que uno de los padres vive en otra casa: {n}.",
        "places withheld": "La dirección no se muestra (withheld).",
        "nothing ties": "Nada une las listas entre sí.",
        "people": "{n} personas",
        "one of people": "{n} persona",
        "cases": "{n} casos",
        "one of cases": "{n} caso",
        "month": "{name} de {year}",
        "finding": "Esta es una pista para revisar: {title}.",
        "strength A": "Los datos mismos no cumplen una regla.",
        "strength B": "Es una pista fuerte, si se trata de estas personas.",
        "strength C": "Es una pista débil. Cuenta solo junto con otras.",
        "about": "Trata de {people}.",
        "about cases": "Trata de {people} en {cases}.",
        "in month": "El mes es {month}.",
        "in months": "Los meses van de {first} a {last}.",
        "data until": "Los datos llegan hasta {month}.",
        "data say": "{field}: {says}.",
        "rests on": "Vale solo si sus registros son una sola persona. La probabilidad es de {chance} por ciento.",
        "rests on nothing": "No se apoya en la unión de registros.",
        "tested": "Se buscó esta otra explicación y los datos no la muestran: {reason}.",
        "untested": "No se pudo buscar esta otra explicación, que puede ser cierta: {reason}.",
        "no untested": "Puede haber otras explicaciones en las que nadie pensó.",
        "check first": "Hay que ver primero: {verify}.",
        "check who": "Quien debe revisarla: {who}.",
        "not verified": "La pista no está comprobada. No se toma ningún paso solo por ella.",
        "open": "Nadie ha decidido todavía.",
        "confirmed": "Un trabajador la revisó y la confirmó.",
        "evidence changed": "Ya se decidió una vez, pero los datos han cambiado desde entonces.",
        "falls": "Si los registros son de dos personas, la pista ya no vale.",
        "pair": "Por qué los registros de esta persona ({part}) cuentan como una sola:",
        "mended": "Si estos datos están mal, se corrigen en su origen. La próxima vez, la pista ya no sale.",
        "dismissed": "Si otra explicación es cierta, se descarta la pista. No vuelve hasta que cambien los datos.",
        "own words": "Una parte se dice con las palabras de su propia regla.",
        "not asked": "Esto no agrega nada, porque un lugar más chico ya es igual: {facts}.",
        "home falls": "Si la dirección no fuera la misma, las listas darían {bits} bits.",
        "home joins": "Si la dirección fuera la misma, las listas darían {bits} bits.",
        "home unknown": "Si se supiera la dirección y fuera la misma, las listas darían {bits} bits.",
    },
    months=(
        *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
        *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    and_word="y",
)

LANGUAGES: Mapping[str, Phrases] = {"en": ENGLISH, "es": SPANISH}
