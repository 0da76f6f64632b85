"""What our findings say, in Spanish: titles, fields, reasons, what to verify and by whom.

Plain Spanish as agencies of the United States use it: *beneficiario*, *manutención de menores*, *custodio*, *padre
ausente*, *caso de asistencia*. Keys are the texts of the rules; a number in a text stands as ``{}``. A new text of a
rule of ours needs a line here or in :mod:`caselink.explain.finding_reasons_es` (a test says which).
"""

from __future__ import annotations

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "invalid SSN": "número de Seguro Social que no vale",
    "SSN held by several people": "un Seguro Social que usan varias personas",
    "person with several SSNs": "una persona con varios números de Seguro Social",
    "probable SSN typing error": "posible error al escribir el Seguro Social",
    "SSN unusual for age": "un Seguro Social raro para la edad",
    "implausible birth date": "una fecha de nacimiento que no puede ser",
    "conflicting birth dates": "fechas de nacimiento que no coinciden",
    "exact duplicate record": "un registro que está dos veces, igual en todo",
    "partial duplicate": "un registro que está dos veces, igual en parte",
    "person in two IV-A cases": "una persona en dos casos de asistencia (IV-A)",
    "child claimed on two IV-A cases": "un niño que se cuenta en dos casos de asistencia (IV-A)",
    "same IV-D case twice": "el mismo caso de manutención (IV-D) está dos veces",
    "child active under two custodians": "un niño activo con dos custodios",
    "two established fathers": "dos padres con la paternidad ya establecida",
    "same household applied twice": "un mismo hogar que hizo dos solicitudes",
    "duplicate person record": "una persona registrada dos veces",
    "family without any eligible member": "una familia en la que no se cuenta a nadie",
    "same person as parent and absent parent of one child": (
        "la misma persona es padre que cuida y padre ausente de un niño"
    ),
    "absent parent listed in the child's IV-A home": (
        "el padre ausente aparece en el hogar de asistencia (IV-A) del niño"
    ),
    "implausible age gap between parent and child": "una diferencia de edad entre padre e hijo que no parece posible",
    "adult still carried as a child": "un adulto que todavía se cuenta como niño",
    "relationship conflict between programs": "los dos programas no dicen el mismo parentesco",
    "absence reason contradicts data": "la razón de la ausencia no coincide con los datos",
    "dead person on a case": "una persona fallecida que sigue en un caso",
    "incarcerated person counted in the home": "una persona presa que se cuenta en el hogar",
    "missed referral": "una familia que no se envió a manutención de menores",
    "late case opening": "un caso que se abrió tarde",
    "second parent not referred": "no se envió el caso del otro padre",
    "assistance status differs": "los programas no dicen lo mismo sobre la asistencia",
    "good cause in one system only": "causa justificada en un solo sistema",
    "protection flag in one system only": "aviso de protección en un solo sistema",
    "children differ": "los programas no tienen a los mismos niños",
    "new hire not reflected": "un empleo nuevo que no está en el caso",
    "wage record without reported earnings": "salario informado, pero sin ingresos en el caso",
    "SSN matches, name does not": "el Seguro Social coincide, pero el nombre no",
    "absent parent newly hired": "el padre ausente tiene un empleo nuevo",
    "name and SSN not verified": "nombre y Seguro Social sin comprobar",
    "same child twice on one line": "el mismo niño dos veces en una línea",
    "assistance in two states in one month": "asistencia en dos estados en un mismo mes",
    "people without their family's record, or the reverse": "personas sin el registro de su familia, o al revés",
    "family size disagrees with people listed": "el tamaño de la familia no coincide con la lista de personas",
    "closure reason contradicts data": "la razón del cierre no coincide con los datos",
    "cooperation status differs": "los programas no dicen lo mismo sobre la cooperación",
    "possible support case in another state": "posible caso de manutención en otro estado",
}
"""What a finding is called, by the rule's own title."""

VERIFY: Mapping[str, str] = {
    "application for a number, card, or verification by SSA": (
        "la solicitud del número, la tarjeta, o lo que diga el Seguro Social (SSA)"
    ),
    "verification of the number, documents": "el número con el Seguro Social (SSA) y los documentos",
    "check protection first; then what SSA says of several numbers": (
        "primero, si la persona tiene protección; luego, qué dice el Seguro Social (SSA) de los números"
    ),
    "correct at the source": "corregir el dato en su lugar de origen",
    "documents": "los documentos",
    "birth record": "el acta de nacimiento",
    "the lines in the source extract": "las líneas en el archivo de origen",
    "dates of issuance, custody papers, an interview": "las fechas de pago, los papeles de custodia y una entrevista",
    "school or medical record, custody order": "los papeles de la escuela o del médico y la orden de custodia",
    "both case histories": "la historia de los dos casos",
    "custody order; close or transfer one of the cases": "la orden de custodia; cerrar o pasar uno de los casos",
    "the paternity record": "el acta de paternidad",
    "both records side by side before they are merged": "los dos registros, uno al lado del otro, antes de unirlos",
    "the case in the source extract": "el caso en el archivo de origen",
    "documents of both roles": "los documentos de los dos papeles que tiene la persona",
    "an interview of the recipient alone; never contact the absent parent first": (
        "una entrevista con el beneficiario a solas; nunca se llama primero al padre ausente"
    ),
    "eligibility record": "los datos de elegibilidad",
    "case record": "el expediente del caso",
    "the records of the case": "los datos del caso",
    "death certificate, or contact; a second source": (
        "el acta de defunción, o hablar con la persona; una segunda fuente"
    ),
    "confirmation by the facility": "que la cárcel lo confirme",
    "look in both systems; the good-cause file first": "los dos sistemas; primero, el expediente de causa justificada",
    "work status of the referral": "en qué va el envío",
    "program history": "la historia en cada programa",
    "at once: stop locating and enforcing until it is checked": (
        "de inmediato: parar la búsqueda y el cobro hasta que se revise"
    ),
    "tell the data owner; protect in both meanwhile": (
        "avisar a la oficina dueña de los datos; proteger en los dos sistemas mientras tanto"
    ),
    "the employer or the client; a hit needs independent verification before any step": (
        "con el empleador o con el cliente; antes de cualquier paso hace falta otra prueba"
    ),
    "pay stubs by the month; a quarter is never spread over its months": (
        "los recibos de pago de cada mes; un trimestre nunca se reparte entre sus meses"
    ),
    "review by a worker; the report is not used until then": (
        "que lo revise un trabajador; hasta entonces no se usa el informe"
    ),
    "with the employer; for the purposes of IV-D": "con el empleador; solo para el trabajo de IV-D",
    "the name on the card, and a second source": "el nombre en la tarjeta, y una segunda fuente",
    "the line in the source extract": "la línea en el archivo de origen",
    "the other state's closure and a proof of residence; notice first": (
        "el cierre en el otro estado y una prueba de dónde vive; primero, el aviso a la persona"
    ),
    "the closed case's record": "los datos del caso cerrado",
    "the notices of both programs": "los avisos de los dos programas",
    "a quick look-up with the other state": "una consulta rápida con el otro estado",
}
"""What to look at first."""

WHO: Mapping[str, str] = {
    "the caseworker": "el trabajador del caso",
    "the child support worker": "el trabajador de manutención de menores",
    "the data owner": "la oficina dueña de los datos",
    "the staff who merge records": "el personal que une registros",
}
"""Who does."""

PARTS: Mapping[str, str] = {
    "child": "niño",
    "elsewhere": "en otro lugar",
    "employee": "empleado",
    "family": "familia",
    "father": "padre",
    "holder of the number": "quien tiene el número",
    "holder": "quien tiene el número",
    "member": "miembro",
    "person": "persona",
    "recipient": "beneficiario",
}
"""As what somebody is concerned, where FIELDS has it not."""

FIELDS: Mapping[str, str] = {
    "SSN": "Seguro Social",
    "SSN and birth year": "Seguro Social y año de nacimiento",
    "absence reason": "razón de la ausencia",
    "absent parent": "padre ausente",
    "address": "dirección",
    "adult in charge": "adulto a cargo",
    "assistance": "asistencia",
    "birth date": "fecha de nacimiento",
    "birth date and role": "fecha de nacimiento y papel en el caso",
    "birth dates": "fechas de nacimiento",
    "case and month": "caso y mes",
    "children": "niños",
    "confinement": "tiempo en la cárcel",
    "custodian": "custodio",
    "custodian, absent parent and child": "custodio, padre ausente y niño",
    "death": "muerte",
    "employment status": "situación de empleo",
    "first name": "nombre",
    "first name and birth date": "nombre y fecha de nacimiento",
    "good cause": "causa justificada",
    "identity": "identidad",
    "name and birth date, or SSN and birth date": "nombre y fecha de nacimiento, o Seguro Social y fecha de nacimiento",
    "name, birth date, SSN and sex": "nombre, fecha de nacimiento, Seguro Social y sexo",
    "new hire": "empleo nuevo",
    "parent": "padre",
    "paternity": "paternidad",
    "payee": "quien recibe el pago",
    "protection": "protección",
    "referral": "envío a manutención",
    "relationship": "parentesco",
    "role": "papel en el caso",
    "status": "situación en el caso",
    "status and role": "situación y papel en el caso",
    "support case": "caso de manutención",
    "wages": "salario",
    "SSN and birth date": "Seguro Social y fecha de nacimiento",
    "closure reason": "razón del cierre",
    "cooperation": "cooperación",
    "family's record": "registro de la familia",
    "line of the report": "línea del informe",
    "name and SSN": "nombre y Seguro Social",
    "number of family members": "número de miembros de la familia",
    "people's records": "registros de las personas",
    "SSN, full name and birth date": "Seguro Social, nombre completo y fecha de nacimiento",
}
"""What a reason is about."""

SAYS: Mapping[str, str] = {
    "equal": "es igual",
    "fails the test of structure, or is a filler": "no tiene la forma correcta, o es un número de relleno",
    "an area that was not in use when people of that age got their numbers": (
        "empieza con cifras que no se usaban cuando la gente de esa edad recibió su número"
    ),
    "said to be dead, and an employer reported the person": (
        "se dice que murió, pero un empleador informó de esa persona"
    ),
    "said to be in jail, and no prison record": "se dice que está en la cárcel, pero no hay dato de la cárcel",
    "two people, neither the mother": "son dos personas, y ninguna es la madre",
    "the payees live in one household or are on file at one address": (
        "quienes reciben el pago viven en un hogar o tienen la misma dirección"
    ),
    "one person in both": "es una misma persona en los dos",
    "IV-D has it as current, and no child of the case is with IV-A": (
        "IV-D la tiene como actual, y ningún niño del caso está en IV-A"
    ),
    "a child of the case is counted with IV-A, and IV-D does not have it as current": (
        "IV-A cuenta a un niño del caso, y IV-D no la tiene como actual"
    ),
    "a filler, to come, or too long ago": "es de relleno, está en el futuro o es de hace demasiado tiempo",
    "more than a year apart": "hay más de un año entre una y otra",
    "a child who is grown up, or an adult who is a child": "un niño que ya es adulto, o un adulto que es niño",
    "counted as a child after the birthday of {} years": "se cuenta como niño después de cumplir {} años",
    "less than {} or more than {} years apart": "hay menos de {} o más de {} años entre los dos",
    "counted with the payee, not in the payee's support case": (
        "cuentan con quien recibe el pago, pero no están en su caso de manutención"
    ),
    "the whole month, and counted in the case": "todo el mes, y se cuenta en el caso",
    "two people": "son dos personas",
    "the same in two cases open in one month": "son los mismos en dos casos abiertos en un mismo mes",
    "reported for a month before; still in the case": "se informó para un mes anterior; sigue en el caso",
    "no job on file by the second month after": "dos meses después todavía no hay empleo en el caso",
    "no job on file in any month of the quarter": "no hay empleo en el caso en ningún mes del trimestre",
    "unlike any known": "no se parece a ninguno de los que se conocen",
    "both differ": "los dos son distintos",
    "claimed or granted with IV-A, not held by IV-D": "se pidió o se dio en IV-A, pero IV-D no la tiene",
    "SSN equal, and the name agrees": "el Seguro Social es igual y el nombre coincide",
    "linked all the same": "aun así, los registros se unieron",
    "one person by the links of the records": "es una sola persona según los enlaces de los registros",
    "two numbers of one program are one person": "dos números de un programa son una sola persona",
    "two records are one child": "dos registros son un mismo niño",
    "two records are one person": "dos registros son una misma persona",
    "reported by an employer": "lo informó un empleador",
    "a referral of the child led to that case": "un envío del niño llevó a ese caso",
    "the child has the last name of that parent, and no case against another": (
        "el niño tiene el apellido de ese padre, y no hay caso contra otro"
    ),
    "the child has, or had, another case against that parent": "el niño tiene o tuvo otro caso contra ese padre",
    "the child was in that case before": "el niño estuvo antes en ese caso",
    "established in both cases": "está establecida en los dos casos",
    "told by one program, denied by the other": "un programa dice que sí y el otro dice que no",
    "received, and more than {} days went by": "se recibió, y pasaron más de {} días",
    "none received": "no se recibió ninguno",
    "not looked at: no referrals were given": "no se miró, porque no se dieron los envíos",
    "own child to one program, another relative to the other": (
        "hijo propio para un programa, otro familiar para el otro"
    ),
    "the payee is not the parent": "quien recibe el pago no es el padre ni la madre",
    "absent parent to IV-D and an adult of the child's case to IV-A, in one month": (
        "es el padre ausente para IV-D y un adulto en el caso del niño para IV-A, en un mismo mes"
    ),
    "absent parent, and custodian or child, of one case": (
        "es el padre ausente, y también el custodio o el niño, de un mismo caso"
    ),
    "child in both cases in one month": "es el niño en los dos casos en un mismo mes",
    "parent and child of one case": "son padre e hijo en un mismo caso",
    "needs counted in both cases in one month": "se cuenta en los dos casos en un mismo mes",
    "needs of two or more people counted in both cases in one month": (
        "dos o más personas se cuentan en los dos casos en un mismo mes"
    ),
    "nobody of the case is counted": "no se cuenta a nadie del caso",
    "a child whose needs are counted, with a payee and no other parent in the unit": (
        "se cuenta a un niño, con quien recibe el pago y sin otro padre en la unidad"
    ),
    "against one parent only": "contra uno solo de los padres",
    "none for the child against a parent": "no hay ninguno para el niño contra un padre",
    "none for the child and the payee in that time": "en ese tiempo no hay ninguno para el niño y quien recibe el pago",
    "reported for the quarter": "se informó para el trimestre",
    "one digit, or one swap of neighbors, apart": "cambia una cifra, o dos cifras juntas están al revés",
    "two numbers, further than a slip apart": "son dos números, y la diferencia es más que un error al escribir",
    "IV-A holds that there is none, and no open case of IV-D does": (
        "IV-A dice que no la hay, y ningún caso abierto de IV-D lo dice"
    ),
    "IV-D holds that there is none, and IV-A knows nothing of it": (
        "IV-D dice que no la hay, y IV-A no sabe nada de eso"
    ),
    "a job, and no adult of the case had one in the last month told": (
        "un empleo, pero ningún adulto del caso tenía uno en el último mes anotado"
    ),
    "counted here, and active in another state in the same month": (
        "se cuenta aquí, y está activa en otro estado en el mismo mes"
    ),
    "found by the federal registry in another state": "la encontró el registro federal en otro estado",
    "missing, and people of the case are listed": "falta, y hay personas del caso en la lista",
    "missing, and the family is listed": "faltan, y la familia está en la lista",
    "not that of the people who are listed as members": "no es el de las personas que están como miembros",
    "not verified by the federal answer": "la respuesta federal no los comprueba",
    "one for both": "es el mismo para los dos",
    "the limit of 60 months, and neither head nor spouse had used them": (
        "el límite de 60 meses, pero ni el jefe del hogar ni su pareja los habían usado"
    ),
    "two sexes": "son dos sexos distintos",
    "two of them equal, though the records were kept apart": (
        "dos de estos datos son iguales, aunque los registros quedaron separados"
    ),
    "two records are one person, though the others of both were kept apart": (
        "dos registros son una misma persona, aunque los otros de las dos quedaron separados"
    ),
}
"""What is so of it."""
