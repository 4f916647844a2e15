"""The common words of six more languages, each as developers write them."""

import pytest

from classifiers.model import Field
from classifiers.names import name_labels

WORDS = {
    "user.name.first": "vorname prenom nombre_pila primeiro_nome nome_di_battesimo voornaam",
    "user.name.last": "nachname nom_famille primer_apellido sobrenome cognome achternaam",
    "user.name": "ansprechpartner nom_client nombre_cliente nome_cliente intestatario_conto volledige_naam",
    "user.contact.address.street": "strasse straße rue calle logradouro numero_civico straatnaam huisnummer",
    "user.contact.address": "lieferadresse adresse_livraison direccion_envio morada indirizzo_spedizione woonadres",
    "user.contact.address.city": "wohnort kunden.stadt clients.ville clientes.ciudad clientes.cidade clienti.citta",
    "user.contact.address.postal_code": "plz code_postal codigo_postal codice_postale",
    "user.contact.phone_number": "handynummer numero_telephone telefono_movil telemovel cellulare telefoonnummer",
    "user.contact.email": "mailadresse courriel correo_electronico endereco_email posta_elettronica emailadres",
    "user.demographic.date_of_birth": "geburtsdatum date_naissance fecha_nacimiento data_nascimento data_di_nascita "
    "geboortedatum",
    "user.demographic.gender": "geschlecht sexe sexo genero_paciente sesso geslacht",
    "user.demographic.marital_status": "familienstand situation_familiale estado_civil stato_civile burgerlijke_staat",
    "user.demographic.religious_belief": "konfession religião religione godsdienst",
    "user.demographic": "staatsangehoerigkeit nationalité nacionalidad nacionalidade cittadinanza nationaliteit",
    "user.government_id": "steuernummer numero_securite_sociale nif cpf codice_fiscale bsn",
    "user.financial.bank_account": "kontonummer numero_compte cuenta_bancaria conta_bancaria conto_corrente "
    "bankrekening",
    "user.financial": "gehalt salaire_brut sueldo ordenado stipendio brutosalaris",
    "user.authorization.password": "kennwort mot_de_passe contraseña senha parola_chiave wachtwoord",
    "user.account.username": "benutzername nom_utilisateur nombre_usuario nome_utente gebruikersnaam",
    "user.health_and_medical": "krankheit groupe_sanguin alergias doenças malattia medicijnen",
    "user.unique_id": "id_cliente id_utilisateur kunden_id klant_id id_paciente personalnummer",
}


@pytest.mark.parametrize(("category", "names"), WORDS.items())
def test_words_of_other_languages(category: str, names: str) -> None:
    for name in names.split():
        parent, _, column = name.rpartition(".")
        found = [label.category for label in name_labels(Field(column, parent or None))]
        assert any(key.startswith(category) for key in found), name


def test_the_person_may_follow_and_a_thing_may_not() -> None:
    assert name_labels(Field("nom_client"))
    assert name_labels(Field("email_cliente"))[0].category == "user.contact.email"
    assert not name_labels(Field("nom_produit"))
    assert not name_labels(Field("id_producto"))
    assert not name_labels(Field("comment_author", None, "varchar(40)"))[:1] or (
        name_labels(Field("comment_author", None, "varchar(40)"))[0].facet != "content"
    )
