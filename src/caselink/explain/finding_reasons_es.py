"""What may explain a finding, in Spanish, tested or not: see :mod:`caselink.explain.finding_texts_es`."""

from __future__ import annotations

from collections.abc import Mapping

PLAIN_REASONS: Mapping[str, str] = {
    "nothing was given: a newborn, or applied for": "no se dio ninguno: un recién nacido, o el número está pedido",
    "a number for taxes": "un número para impuestos",
    "a number of the agency's own making": "un número que hizo la propia agencia",
    "a file that was not decoded": "un archivo que no se descifró",
    "twins on one number: one birth date": "gemelos con un solo número: la misma fecha de nacimiento",
    "namesakes on one number: one first name": "personas del mismo nombre con un solo número",
    "a parent's or spouse's number on a child": "el número de un padre o de la pareja puesto a un niño",
    "a typing error": "un error al escribir",
    "a victim of identity theft": "una víctima de robo de identidad",
    "a typing error (Q04)": "un error al escribir (Q04)",
    "parent and child, or others, of one name: their birth dates differ as well": (
        "padre e hijo, u otros, del mismo nombre: sus fechas de nacimiento también son distintas"
    ),
    "a lawful second number": "un segundo número que es legal",
    "two people whose records were taken for one": "dos personas cuyos registros se tomaron por una sola",
    "twins, whose numbers are neighbors: their first names differ": (
        "gemelos con números seguidos: sus nombres son distintos"
    ),
    "the number was given late in life": "el número se dio cuando la persona ya era mayor",
    "teen parent: an adult's record of 12 to 17 years": (
        "padre o madre adolescente: un registro de adulto de 12 a 17 años"
    ),
    "a code for an unknown date": "una clave para una fecha que no se sabe",
    "within a year: month and day swapped, January 1, a wrong day": (
        "menos de un año: mes y día al revés, 1 de enero, un día mal puesto"
    ),
    "the month was submitted again": "el mes se envió otra vez",
    "two extracts were put into one file": "dos archivos se juntaron en uno",
    "twins: they have different first names": "gemelos: tienen nombres distintos",
    "the same line again (D01)": "la misma línea otra vez (D01)",
    "people who are not members may be listed more than once": (
        "las personas que no son miembros pueden estar más de una vez"
    ),
    "moved in the middle of the month": "se mudó a mitad del mes",
    "the case was given another number": "el caso recibió otro número",
    "listed in one of the cases and not counted there": "está en la lista de un caso, pero ahí no se cuenta",
    "a case is closing late": "un caso se está cerrando tarde",
    "a twin, or a relative of one name": "un gemelo, o un familiar del mismo nombre",
    "changed caretakers within the month": "cambió de cuidador dentro del mes",
    "joint custody, the other case lists the child as not counted": (
        "custodia compartida: el otro caso pone al niño, pero no lo cuenta"
    ),
    "payees who may be one person, though kept apart": (
        "quienes reciben el pago pueden ser una sola persona, aunque quedaron separados"
    ),
    "foster placement": "crianza temporal (foster care)",
    "joint custody that both cases count": "custodia compartida que los dos casos cuentan",
    "a twin": "un gemelo",
    "the case was closed before it was opened again": "el caso se cerró antes de abrirse otra vez",
    "companion case of another state": "un caso compañero de otro estado",
    "conversion to another system": "el cambio a otro sistema",
    "custody changed within the month": "la custodia cambió dentro del mes",
    "one custodian with a case against each parent": "un custodio con un caso contra cada padre",
    "custodians who may be one person, though kept apart": (
        "custodios que pueden ser una sola persona, aunque quedaron separados"
    ),
    "both parents applied": "los dos padres hicieron la solicitud",
    "the case of the custodian before is closing late": "el caso del custodio anterior se está cerrando tarde",
    "several putative fathers, of whom none is established": "varios posibles padres, sin que ninguno esté establecido",
    "a case against the mother": "un caso contra la madre",
    "paternity was set aside and settled anew": "la paternidad se anuló y se decidió otra vez",
    "the case went over to the other parent within the month": "el caso pasó al otro padre dentro del mes",
    "one person in common only": "solo tienen una persona en común",
    "the case went over to a relative and the first closes late": (
        "el caso pasó a un familiar y el primero se cierra tarde"
    ),
    "twins, parent and child of one name, namesakes: kept apart when records were linked": (
        "gemelos, padre e hijo del mismo nombre, otros del mismo nombre: quedaron separados al unir los registros"
    ),
    "relatives of one name and about one age": "familiares del mismo nombre y casi la misma edad",
    "child-only case: no adult is counted, a child is": "caso de niños solos: se cuenta a un niño y a ningún adulto",
    "the extract was cut off": "el archivo quedó cortado",
    "father and son of one name: two birth dates, or two records that were kept apart": (
        "padre e hijo del mismo nombre: dos fechas de nacimiento, o dos registros que quedaron separados"
    ),
    "listed as a parent who lives elsewhere": "está en la lista como padre que vive en otro lugar",
    "only an address in common: it may be from before the parting, and mail": (
        "solo comparten una dirección: puede ser de antes de separarse, o de correo"
    ),
    "the family lives together again": "la familia vive junta otra vez",
    "a parent in danger: check protection first": (
        "un padre o una madre en peligro: primero hay que ver si tiene protección"
    ),
    "adults of the case who are not said to be the child's parent": (
        "adultos del caso de los que no se dice que son padre o madre del niño"
    ),
    "birth dates that stand for unknown": "fechas de nacimiento que quieren decir que no se sabe",
    "adoption, step-parent coded as parent": "adopción, o un padrastro o madrastra puesto como padre o madre",
    "grandparent coded as parent": "un abuelo o abuela puesto como padre o madre",
    "a date keyed wrong": "una fecha mal escrita",
    "18 and in school": "tiene 18 años y está en la escuela",
    "the month of the 19th birthday": "el mes en que cumple 19 años",
    "a birth date that other records contradict": "una fecha de nacimiento que otros registros no confirman",
    "24 years or older: the date is more likely wrong (Q07)": (
        "24 años o más: es más probable que la fecha esté mal (Q07)"
    ),
    "rules for people with a disability": "reglas para personas con discapacidad",
    "another adult is in charge in the other program": "en el otro programa está a cargo otro adulto",
    "habits of coding": "la costumbre al poner las claves",
    "adoption": "adopción",
    "was in jail, and is out again": "estuvo en la cárcel y ya salió",
    "a death that a source confirms": "una muerte que una fuente confirma",
    "a reason that nobody updated": "una razón que nadie puso al día",
    "another person's report under this number": "un informe de otra persona con este número",
    "died after the months that the report is about": "murió después de los meses de que trata el informe",
    "the month of death itself": "el mismo mes de la muerte",
    "the report of the death was withdrawn or corrected": "el informe de la muerte se retiró o se corrigió",
    "a wrong SSN": "un Seguro Social equivocado",
    "jailed or released within the month": "entró o salió de la cárcel dentro del mes",
    "a date of release that was not entered": "una fecha de salida que nadie anotó",
    "the prisoner gave another person's name or number": "el preso dio el nombre o el número de otra persona",
    "another adult in the unit, who may be the other parent": "otro adulto en la unidad, que puede ser el otro padre",
    "good cause claimed or granted": "causa justificada, pedida o dada",
    "a referral inside the allowed time, or received": "un envío dentro del plazo, o ya recibido",
    "the other parent is reported dead, as far as the unit knew that parent": (
        "se informó que el otro padre murió, si la unidad lo conocía"
    ),
    "a child of IV-D that may be this one, but was kept apart": (
        "un niño de IV-D que puede ser este, pero quedó separado"
    ),
    "brothers and sisters of one last name in a case of the payee (R08)": (
        "hermanos del mismo apellido en un caso de quien recibe el pago (R08)"
    ),
    "a child whom another unit counts (D05), or whose payee is its absent parent with IV-D": (
        "un niño que otra unidad cuenta (D05), o cuyo pago recibe quien es su padre ausente en IV-D"
    ),
    "a family-violence waiver": "una exención por violencia familiar",
    "tribal case, or another state's": "un caso de una tribu, o de otro estado",
    "both parents live in the home": "los dos padres viven en el hogar",
    "the case was there already": "el caso ya estaba",
    "received less than 20 days ago": "se recibió hace menos de 20 días",
    "a referral that was deactivated": "un envío que se desactivó",
    "a referral inside the allowed time": "un envío dentro del plazo",
    "a parent reported dead": "se informó que un padre murió",
    "the custodian is the parent to IV-D, and IV-A has another relationship (C07)": (
        "para IV-D el custodio es el padre o la madre, y IV-A tiene otro parentesco (C07)"
    ),
    "the other parent is dead, unknown, or has no rights left": (
        "el otro padre murió, no se conoce o ya no tiene derechos"
    ),
    "the other parent lives in the home": "el otro padre vive en el hogar",
    "a change within the last months: a matter of timing": "un cambio en los últimos meses: es cuestión de tiempo",
    "a child of IV-A that may be one of the case, but was kept apart": (
        "un niño de IV-A que puede ser uno del caso, pero quedó separado"
    ),
    "medical assistance only, which counts as never": "solo asistencia médica, que cuenta como nunca",
    "foster care": "crianza temporal (foster care)",
    "one of the payee's open support cases holds it": (
        "uno de los casos de manutención abiertos de quien recibe el pago ya la tiene"
    ),
    "told within the last days": "se dijo en los últimos días",
    "both have it": "los dos la tienen",
    "the programs have different standards": "los programas tienen reglas distintas",
    "half-sibling: another parent is known, or the last name is another": (
        "medio hermano: se conoce a otro padre, o el apellido es otro"
    ),
    "newborn: under six months old": "recién nacido: menos de seis meses",
    "a child in the case that may be this one, but was kept apart": (
        "un niño del caso que puede ser este, pero quedó separado"
    ),
    "reported by then": "ya se había informado",
    "not counted in one of the months": "no se cuenta en uno de los meses",
    "a report that came more than six months late": "un informe que llegó más de seis meses tarde",
    "never started, or the job ended": "nunca empezó, o el empleo terminó",
    "the number is used, or was keyed, by somebody else": (
        "otra persona usa el número, o se escribió el de otra persona"
    ),
    "a month of the quarter off assistance": "un mes del trimestre sin asistencia",
    "a job on file in a part of the quarter": "hay un empleo en el caso en una parte del trimestre",
    "severance, or pay for earlier work": "pago por despido, o por un trabajo anterior",
    "disregards": "ingresos que no se cuentan",
    "the number is used by somebody else": "otra persona usa el número",
    "a former or double last name: the first name agrees": "un apellido de antes o doble: el nombre coincide",
    "first and last name swapped": "nombre y apellido al revés",
    "an alias": "otro nombre que usa la persona",
    "a number keyed wrong": "un número mal escrito",
    "somebody whose number is misused is a victim": "si alguien usa mal el número, su dueño es una víctima",
    "SSN equal and name alike": "el Seguro Social es igual y el nombre se parece",
    "verified in another answer, or found by further facts of the person": (
        "se comprobó en otra respuesta, o con más datos de la persona"
    ),
    "a name changed by marriage": "un nombre que cambió al casarse",
    "a double surname, of which one part was sent": "dos apellidos, de los que se envió uno",
    "a nickname": "un apodo",
    "twins: they have different numbers, or none that is known": (
        "gemelos: tienen números distintos, o ninguno que se conozca"
    ),
    "the block was copied in place of another child's": "los datos se copiaron en lugar de los de otro niño",
    "moved within the month": "se mudó dentro del mes",
    "the other state's assistance began later than here": "la asistencia del otro estado empezó más tarde que aquí",
    "SSN or birth date differs": "el Seguro Social o la fecha de nacimiento es distinto",
    "moved, and the other state closes late": "se mudó, y el otro estado cierra tarde",
    "a family at the border": "una familia que vive en la frontera del estado",
    "the other state's data are old": "los datos del otro estado son viejos",
    "a file without any record of families": "un archivo sin ningún registro de familias",
    "people who are no members, where the program counts members only": (
        "personas que no son miembros, donde el programa solo cuenta miembros"
    ),
    "people who are no members, counted by one worker and not by others": (
        "personas que no son miembros, que un trabajador cuenta y otros no"
    ),
    "a job that began after the last month on file": "un empleo que empezó después del último mes anotado",
    "the reason was keyed wrong": "la razón se escribió mal",
    "a notice of the last two months, which may be under way": (
        "un aviso de los últimos dos meses, que puede estar en camino"
    ),
    "good cause claimed or granted with either": "causa justificada, pedida o dada en cualquiera de los dos",
    "an appeal, or a decision that was taken back": "una apelación, o una decisión que se retiró",
    "an answer to a query of our own": "una respuesta a una consulta nuestra",
    "a case that both states work on already": "un caso en el que los dos estados ya trabajan",
    "a child who became 19 in the case: the date is plausible (C06)": (
        "un niño que cumplió 19 años en el caso: la fecha es posible (C06)"
    ),
    "a child who is 19 or older (C06)": "un niño de 19 años o más (C06)",
    "an adult of the case had a job on file in the last month told": (
        "un adulto del caso tenía un empleo en el último mes anotado"
    ),
    "an adult of unknown job status": "un adulto del que no se sabe si trabaja",
    "somebody at the child's address who may be the other parent": (
        "alguien en la dirección del niño que puede ser el otro padre"
    ),
    "somebody listed twice": "alguien que está dos veces en la lista",
    "the child was in the charge of several adults: the relationship may be that to another": (
        "el niño estuvo a cargo de varios adultos: el parentesco puede ser con otro"
    ),
    "emancipated before, or adopted": "emancipado antes, o adoptado",
    "emancipated: 19 or older (C06)": "emancipado: 19 años o más (C06)",
    "fathers who may be one person, though kept apart": (
        "padres que pueden ser una sola persona, aunque quedaron separados"
    ),
    "two children of one name, who agree in no number, birth date or address": (
        "dos niños del mismo nombre, sin número, fecha de nacimiento ni dirección en común"
    ),
    "people of names that are only alike, with no birth date or address in common": (
        "personas de nombres solo parecidos, sin fecha de nacimiento ni dirección en común"
    ),
}
"""By the text of the rule."""
