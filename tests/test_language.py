import pytest

from refusal_nlp.language import language_of, may_be_job_mail
from refusal_nlp.reader import RefusalReader
from refusal_nlp.types import Label, Mail

JOB_MAIL = {
    "de": "Sehr geehrte Frau Wrona, vielen Dank für Ihre Bewerbung. Leider haben wir die Stelle mit einer anderen Bewerberin besetzt.",
    "fr": "Madame, nous vous remercions de votre candidature. Nous avons le regret de vous informer que le poste est pourvu.",
    "es": "Estimada Ana: gracias por participar en el proceso de selección. Lamentamos comunicarle que hemos elegido a otra persona.",
    "nl": "Beste Joost, bedankt voor je sollicitatie. Helaas hebben we voor een andere kandidaat gekozen.",
    "it": "Gentile Anna, la ringraziamo per la sua candidatura, ma abbiamo scelto un altro candidato per questa posizione.",
    "pl": "Dzień dobry, dziękujemy za udział w rekrutacji. Niestety wybraliśmy innego kandydata na to stanowisko.",
    "ru": "Здравствуйте! Спасибо за интерес к нашей вакансии. К сожалению, мы выбрали другого кандидата.",
}
OTHER = {
    "de": "Ihr Paket ist unterwegs und kommt morgen zwischen neun und zwölf Uhr bei Ihnen an. Mit freundlichen Grüßen",
    "fr": "Votre colis arrivera demain entre neuf heures et midi. Merci de votre confiance et à bientôt dans notre boutique.",
}


@pytest.mark.parametrize("code", JOB_MAIL)
def test_job_mail_in_another_language_is_left_to_the_reader(reader: RefusalReader, code):
    found = reader.read(JOB_MAIL[code])
    assert found.language == code
    assert found.needs_review and not found.is_refusal
    assert found.confidence == 0.5
    assert sum(found.probabilities.values()) == pytest.approx(1)
    assert found.reasons == () and found.follow_up is None


@pytest.mark.parametrize("code", OTHER)
def test_other_mail_in_another_language_is_not_put_before_the_reader(reader: RefusalReader, code):
    found = reader.read(OTHER[code])
    assert found.language == code
    assert found.label is Label.NOT_REFUSAL and not found.needs_review


def test_english_with_a_foreign_footer_is_english(reader: RefusalReader):
    text = "Thank you for your application. We have decided to offer the job to another applicant.\n\nMit freundlichen Grüßen\nPersonalabteilung"
    assert reader.read(text).language == "en"
    assert reader.read(text).is_refusal


def test_too_little_text_has_no_language(reader: RefusalReader):
    assert reader.read("Ok.").language is None


def test_a_subject_line_may_tell_job_mail():
    assert may_be_job_mail(Mail(body="Guten Tag", subject="Ihre Bewerbung"))
    assert not may_be_job_mail(Mail(body="Guten Tag", subject="Ihre Bestellung"))


def test_all_our_data_is_english(examples):
    from refusal_nlp.classify import messages_of

    few = examples[::20]
    found = [language_of(m, e.mail) for m, e in zip(messages_of([e.mail for e in few]), few, strict=True)]
    assert set(found) <= {"en", None}
    assert found.count(None) < 0.03 * len(found)
