"""Which continent a country is on: the states of the United Nations, and some other names that people write.

After the UN's M49 standard (https://unstats.un.org/unsd/methodology/m49/), with the Americas as people part them: the
Caribbean and Central America belong to North America.
"""

_COUNTRIES = {
    "Africa": """
        Algeria, Angola, Benin, Botswana, Burkina Faso, Burundi, Cabo Verde, Cameroon, Cape Verde,
        Central African Republic, Chad, Comoros, Congo, Côte d’Ivoire, Democratic Republic of the Congo, Djibouti,
        Egypt, Equatorial Guinea, Eritrea, Eswatini, Ethiopia, Gabon, Gambia, Ghana, Guinea, Guinea-Bissau,
        Ivory Coast, Kenya, Lesotho, Liberia, Libya, Madagascar, Malawi, Mali, Mauritania, Mauritius, Morocco,
        Mozambique, Namibia, Niger, Nigeria, Rwanda, Sao Tome and Principe, Senegal, Seychelles, Sierra Leone,
        Somalia, South Africa, South Sudan, Sudan, Tanzania, Togo, Tunisia, Uganda, Zambia, Zimbabwe""",
    "Asia": """
        Afghanistan, Armenia, Azerbaijan, Bahrain, Bangladesh, Bhutan, Brunei, Cambodia, China, Cyprus, Georgia,
        Hong Kong, India, Indonesia, Iran, Iraq, Israel, Japan, Jordan, Kazakhstan, Kuwait, Kyrgyzstan, Laos,
        Lebanon, Malaysia, Maldives, Mongolia, Myanmar, Nepal, North Korea, Oman, Pakistan, Palestine, Philippines,
        Qatar, Saudi Arabia, Singapore, South Korea, Sri Lanka, Syria, Taiwan, Tajikistan, Thailand, Timor-Leste,
        Turkey, Türkiye, Turkmenistan, United Arab Emirates, Uzbekistan, Vietnam, Yemen""",
    "Europe": """
        Albania, Andorra, Austria, Belarus, Belgium, Bosnia and Herzegovina, Bulgaria, Croatia, Czech Republic,
        Czechia, Denmark, England, Estonia, Finland, France, Germany, Greece, Hungary, Iceland, Ireland, Italy,
        Kosovo, Latvia, Liechtenstein, Lithuania, Luxembourg, Malta, Moldova, Monaco, Montenegro, Netherlands,
        North Macedonia, Northern Ireland, Norway, Poland, Portugal, Romania, Russia, San Marino, Scotland, Serbia,
        Slovakia, Slovenia, Spain, Sweden, Switzerland, UK, Ukraine, United Kingdom, Vatican City, Wales""",
    "North America": """
        Antigua and Barbuda, Bahamas, Barbados, Belize, Canada, Costa Rica, Cuba, Dominica, Dominican Republic,
        El Salvador, Greenland, Grenada, Guatemala, Haiti, Honduras, Jamaica, Mexico, Nicaragua, Panama, Puerto Rico,
        Saint Kitts and Nevis, Saint Lucia, Saint Vincent and the Grenadines, Trinidad and Tobago, United States,
        United States of America, USA""",
    "Oceania": """
        Australia, Fiji, Kiribati, Marshall Islands, Micronesia, Nauru, New Zealand, Palau, Papua New Guinea, Samoa,
        Solomon Islands, Tonga, Tuvalu, Vanuatu""",
    "South America": """
        Argentina, Bolivia, Brazil, Chile, Colombia, Ecuador, Guyana, Paraguay, Peru, Suriname, Uruguay, Venezuela""",
}

CONTINENTS = tuple(_COUNTRIES)
_CONTINENT_OF = {
    country.casefold(): continent
    for continent, countries in _COUNTRIES.items()
    for country in " ".join(countries.split()).split(", ")
}


def continent_of(country: str) -> str | None:
    """The continent, by the usual English name of the country: “Japan” is in Asia. None when the name is not known."""
    return _CONTINENT_OF.get(country.casefold())
