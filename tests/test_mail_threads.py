"""Quoted threads as mail programs write them, in four languages, with the answer above or below."""

import pytest

from refusal_nlp.mail.zones import own_spans, zones

OWN = "Thank you for the answer, I am glad to hear it."
QUOTED = "We have chosen somebody else for the post."
WHO = "Ana Ruiz <ana@brot.example>"
ATTRIBUTIONS = {
    "gmail en": f"On Mon, Mar 4, 2024 at 10:00 AM {WHO} wrote:",
    "gmail en wrapped": "On Mon, Mar 4, 2024 at 10:00 AM Ana Ruiz <\nana.maria.ruiz@brot.example>\nwrote:",
    "gmail de": f"Am Mo., 4. März 2024 um 10:00 Uhr schrieb {WHO}:",
    "gmail fr": f"Le lun. 4 mars 2024 à 10:00, {WHO} a écrit :",
    "gmail fr wrapped": "Le lun. 4 mars 2024 à 10:00, Ana Ruiz <ana.maria.ruiz@brot.example> a\nécrit :",
    "gmail es": "El lun, 4 mar 2024 a las 10:00, Ana Ruiz (<ana@brot.example>) escribió:",
    "apple en": f"On 4 Mar 2024, at 10:00, {WHO} wrote:",
    "apple de": f"Am 04.03.2024 um 10:00 schrieb {WHO}:",
    "apple fr": f"Le 4 mars 2024 à 10:00, {WHO} a écrit\xa0:",
    "apple es": f"El 4 mar 2024, a las 10:00, {WHO} escribió:",
    "thunderbird en": "On 3/4/24 10:00, Ana Ruiz wrote:",
    "thunderbird de": "Am 04.03.24 um 10:00 schrieb Ana Ruiz:",
    "thunderbird de, old": "Ana Ruiz schrieb am 04.03.2024 um 10:00:",
    "thunderbird fr": "Le 04/03/2024 à 10:00, Ana Ruiz a écrit :",
    "thunderbird es": "El 4/3/24 a las 10:00, Ana Ruiz escribió:",
    "yahoo en": f"On Monday, March 4, 2024 at 10:00:00 AM GMT+1, {WHO} wrote:",
    "yahoo de": f"Am Montag, 4. März 2024, 10:00:00 MEZ hat {WHO} Folgendes geschrieben:",
    "yahoo fr": f"Le lundi 4 mars 2024 à 10:00:00 UTC+1, {WHO} a écrit :",
    "yahoo es": f"En lunes, 4 de marzo de 2024, 10:00:00 CET, {WHO} escribió:",
}
SEPARATORS = {
    "outlook en": f"From: {WHO}\nSent: Monday, March 4, 2024 10:00 AM\nTo: Bo\nSubject: Your application\n",
    "outlook de": f"Von: {WHO}\nGesendet: Montag, 4. März 2024 10:00\nAn: Bo\nBetreff: Ihre Bewerbung\n",
    "outlook fr": f"De : {WHO}\nEnvoyé : lundi 4 mars 2024 10:00\nÀ : Bo\nObjet : Votre candidature\n",
    "outlook es": f"De: {WHO}\nEnviado el: lunes, 4 de marzo de 2024 10:00\nPara: Bo\nAsunto: Su candidatura\n",
    "outlook bold": f"*From:* {WHO}\n*Sent:* Monday, March 4, 2024\n*To:* Bo\n",
    "outlook.com": f"________________________________\nFrom: {WHO}\nSent: Monday\nTo: Bo\n",
    "outlook old en": f"-----Original Message-----\nFrom: {WHO}\n",
    "outlook old de": f"-----Ursprüngliche Nachricht-----\nVon: {WHO}\n",
    "outlook old fr": f"-----Message d'origine-----\nDe : {WHO}\n",
    "outlook old es": f"-----Mensaje original-----\nDe: {WHO}\n",
    "samsung en": f"-------- Original message --------\nFrom: {WHO}\nDate: 3/4/24 10:00 (GMT+01:00)\nTo: Bo\n",
    "samsung de": f"-------- Ursprüngliche Nachricht --------\nVon: {WHO}\nDatum: 04.03.24 10:00\nAn: Bo\n",
}
DEVICES = [
    "Sent from my iPhone",
    "Sent from Yahoo Mail on Android",
    "Get Outlook for iOS",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
]


def own(text, subject=None):
    return " ".join(text[s:e] for s, e in own_spans(text, subject))


@pytest.mark.parametrize("name", [*ATTRIBUTIONS, *SEPARATORS])
def test_the_answer_above(name):
    text = f"{OWN}\n\nBo\n\n{(ATTRIBUTIONS | SEPARATORS)[name]}\n\n{QUOTED}\nAna\n"
    assert own(text).split() == [*OWN.split(), "Bo"]


@pytest.mark.parametrize("name", ATTRIBUTIONS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_the_answer_below(name, gap):
    text = f"{ATTRIBUTIONS[name]}{gap}> Dear Bo,\n>\n> {QUOTED}\n\n{OWN}\nBo\n"
    assert own(text).split() == [*OWN.split(), "Bo"]


@pytest.mark.parametrize("device", DEVICES)
def test_what_a_phone_adds_is_a_signature(device):
    text = f"{OWN}\n\n{device}\n\n> On 4 Mar 2024, at 10:00, {WHO} wrote:\n> {QUOTED}\n"
    assert own(text).split() == OWN.split()
    # Nobody wrote a word above it: then what is quoted is the content.
    assert QUOTED in own(f"{device}\n\n> {QUOTED}\n")


@pytest.mark.parametrize("above", ["", "Dear Bo,\n\n", "Sehr geehrte Frau Ruiz,\n", "Hello\n", "\n\n"])
@pytest.mark.parametrize("dashes", ["--\n", "-- \n"])
def test_a_letter_below_dashes_is_no_signature(above, dashes):
    text = f"{above}{dashes}{QUOTED}\nKind regards\nAna\n"
    assert QUOTED in own(text)


def test_a_logo_line_above_the_letter_is_no_reason_to_drop_it():
    text = "Brot Ltd\n--\n" + f"{QUOTED} " * 8
    assert QUOTED in own(text)


def test_a_short_answer_keeps_its_signature():
    text = "Thanks!\n-- \nAna Ruiz\nBrot Ltd, 4 Mill Lane\n"
    assert own(text).split() == ["Thanks!"]
    assert [z.kind for z in zones(text)] == ["signature"]
    text = f"Dear Bo,\n--\n{QUOTED}\nAna\n-- \nBrot Ltd\n"
    assert QUOTED in own(text) and "Brot Ltd" not in own(text)


def test_a_signature_below_a_quotation():
    text = f"{OWN}\n> {QUOTED}\n-- \nAna Ruiz\nBrot Ltd\n"
    assert own(text).split() == OWN.split()


@pytest.mark.parametrize("answer", ["Thanks!", "+1"])
def test_one_word_above_an_attribution_is_an_answer(answer):
    assert own(f"{answer}\n\n{ATTRIBUTIONS['gmail en']}\n> {QUOTED}\n").split() == [answer]


@pytest.mark.parametrize("note", ["---------- Weitergeleitete Nachricht ---------", "---------- Message transféré ---------", "---------- Mensaje reenviado ---------", "Anfang der weitergeleiteten Nachricht:"])  # fmt: skip
def test_forwarded_messages_are_content(note):
    assert QUOTED in own(f"{note}\n{SEPARATORS['outlook de']}\n{QUOTED}\n")


@pytest.mark.parametrize("text", ["On Monday we meet.\nAna wrote: come.", "From: the bakery\nTo: the bridge\nit is a mile.", "Am Montag schrieb niemand:", "I wrote on 3 May. It was sent from my office."])  # fmt: skip
def test_ordinary_words_are_the_writers_own(text):
    text = f"{OWN}\n{text}\n"
    assert own(text) == text
