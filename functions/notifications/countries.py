"""The countries and territories that a letter can be posted to, by their short English names, and the zone whose postage each pays.

Names are those of ISO 3166, as they are commonly said. Which are in Europe is Royal Mail's list, which reaches to Central Asia.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

type Zone = Literal["uk", "europe", "rest-of-world"]

UNITED_KINGDOM = frozenset(
    {"unitedkingdom", "uk", "theunitedkingdom", "greatbritain", "gb", "britain", "england", "scotland", "wales", "cymru", "northernireland"}
    | {"unitedkingdomofgreatbritainandnorthernireland", "ydeyrnasunedig"}
)
"""What people write under a British address; the post needs none of it."""

ISLANDS = {
    name.lower().replace(" ", ""): name
    for name in ("Alderney", "Guernsey", "Herm", "Isle of Man", "Jersey", "Sark")
}  # fmt: skip
"""Not of the United Kingdom, but with its postcodes and its postage."""

EUROPE = (
    "Albania, Andorra, Armenia, Austria, Azerbaijan, Azores, Balearic Islands, Belarus, Belgium, Bosnia and Herzegovina, Bulgaria, "
    "Canary Islands, Corsica, Croatia, Cyprus, Czechia, Denmark, Estonia, Faroe Islands, Finland, France, Georgia, Germany, "
    "Gibraltar, Greece, Greenland, Hungary, Iceland, Ireland, Italy, Kazakhstan, Kosovo, Kyrgyzstan, Latvia, Liechtenstein, "
    "Lithuania, Luxembourg, Madeira, Malta, Moldova, Monaco, Montenegro, Netherlands, North Macedonia, Norway, Poland, Portugal, "
    "Romania, Russia, San Marino, Serbia, Slovakia, Slovenia, Spain, Sweden, Switzerland, Tajikistan, Turkey, Turkmenistan, Ukraine, "
    "Uzbekistan, Vatican City"
)

REST_OF_WORLD = (
    "Afghanistan, Algeria, American Samoa, Angola, Anguilla, Antigua and Barbuda, Argentina, Aruba, Ascension Island, Australia, "
    "Bahamas, Bahrain, Bangladesh, Barbados, Belize, Benin, Bermuda, Bhutan, Bolivia, Bonaire, Botswana, Brazil, British Virgin "
    "Islands, Brunei, Burkina Faso, Burundi, Cambodia, Cameroon, Canada, Cape Verde, Cayman Islands, Central African Republic, Chad, "
    "Chile, China, Christmas Island, Cocos Islands, Colombia, Comoros, Congo, Cook Islands, Costa Rica, Côte d’Ivoire, Cuba, Curaçao, "
    "Democratic Republic of the Congo, Djibouti, Dominica, Dominican Republic, East Timor, Ecuador, Egypt, El Salvador, Equatorial "
    "Guinea, Eritrea, Eswatini, Ethiopia, Falkland Islands, Fiji, French Guiana, French Polynesia, Gabon, Gambia, Ghana, Grenada, "
    "Guadeloupe, Guam, Guatemala, Guinea, Guinea-Bissau, Guyana, Haiti, Honduras, Hong Kong, India, Indonesia, Iran, Iraq, Israel, "
    "Jamaica, Japan, Jordan, Kenya, Kiribati, Kuwait, Laos, Lebanon, Lesotho, Liberia, Libya, Macao, Madagascar, Malawi, Malaysia, "
    "Maldives, Mali, Marshall Islands, Martinique, Mauritania, Mauritius, Mayotte, Mexico, Micronesia, Mongolia, Montserrat, Morocco, "
    "Mozambique, Myanmar, Namibia, Nauru, Nepal, New Caledonia, New Zealand, Nicaragua, Niger, Nigeria, Niue, Norfolk Island, North "
    "Korea, Northern Mariana Islands, Oman, Pakistan, Palau, Palestine, Panama, Papua New Guinea, Paraguay, Peru, Philippines, "
    "Pitcairn Islands, Puerto Rico, Qatar, Réunion, Rwanda, Saba, Saint Barthélemy, Saint Helena, Saint Kitts and Nevis, Saint Lucia, "
    "Saint Martin, Saint Pierre and Miquelon, Saint Vincent and the Grenadines, Samoa, São Tomé and Príncipe, Saudi Arabia, Senegal, "
    "Seychelles, Sierra Leone, Singapore, Sint Eustatius, Sint Maarten, Solomon Islands, Somalia, South Africa, South Georgia and the "
    "South Sandwich Islands, South Korea, South Sudan, Sri Lanka, Sudan, Suriname, Syria, Taiwan, Tanzania, Thailand, Togo, Tokelau, "
    "Tonga, Trinidad and Tobago, Tristan da Cunha, Tunisia, Turks and Caicos Islands, Tuvalu, Uganda, United Arab Emirates, United "
    "States, Uruguay, US Virgin Islands, Vanuatu, Venezuela, Vietnam, Wallis and Futuna, Western Sahara, Yemen, Zambia, Zimbabwe"
)

OTHER_NAMES = {
    "america": "United States",
    "bahamasthe": "Bahamas",
    "belgique": "Belgium",
    "brasil": "Brazil",
    "burma": "Myanmar",
    "caboverde": "Cape Verde",
    "cotedivoire": "Côte d’Ivoire",
    "czechrepublic": "Czechia",
    "deutschland": "Germany",
    "drc": "Democratic Republic of the Congo",
    "eire": "Ireland",
    "espana": "Spain",
    "gambiathe": "Gambia",
    "holland": "Netherlands",
    "holysee": "Vatican City",
    "italia": "Italy",
    "ivorycoast": "Côte d’Ivoire",
    "korea": "South Korea",
    "macau": "Macao",
    "macedonia": "North Macedonia",
    "nederland": "Netherlands",
    "osterreich": "Austria",
    "peoplesrepublicofchina": "China",
    "polska": "Poland",
    "republicofireland": "Ireland",
    "republicofkorea": "South Korea",
    "russianfederation": "Russia",
    "schweiz": "Switzerland",
    "suisse": "Switzerland",
    "sverige": "Sweden",
    "swaziland": "Eswatini",
    "timorleste": "East Timor",
    "turkiye": "Turkey",
    "uae": "United Arab Emirates",
    "unitedstatesofamerica": "United States",
    "us": "United States",
    "usa": "United States",
    "vatican": "Vatican City",
}
"""What people also call them."""


def folded(name: str) -> str:
    """A name as names are compared: letters without their accents and their case, and nothing but letters."""
    import unicodedata  # here, for most letters stay at home

    plain = unicodedata.normalize("NFKD", name.replace("&", "and")).lower()
    return "".join(letter for letter in plain if letter.isalpha()).removeprefix("the")


def country(line: str) -> tuple[str, Zone] | None:
    """The name and the zone of the country that a line of an address names, if it names one."""
    name = folded(line)
    return _by_name().get(folded(OTHER_NAMES[name]) if name in OTHER_NAMES else name)


@cache
def _by_name() -> dict[str, tuple[str, Zone]]:
    zones: tuple[tuple[str, Zone], ...] = ((EUROPE, "europe"), (REST_OF_WORLD, "rest-of-world"))
    return {folded(name): (name, zone) for names, zone in zones for name in names.split(", ")}
