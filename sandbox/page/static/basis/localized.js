/** Discord's languages (developers/reference, "Locales"), each in its own words. */
export const LOCALES = {
  "en-US": "English, US",
  "en-GB": "English, UK",
  id: "Bahasa Indonesia",
  da: "Dansk",
  de: "Deutsch",
  "es-ES": "Español",
  "es-419": "Español, LATAM",
  fr: "Français",
  hr: "Hrvatski",
  it: "Italiano",
  lt: "Lietuviškai",
  hu: "Magyar",
  nl: "Nederlands",
  no: "Norsk",
  pl: "Polski",
  "pt-BR": "Português do Brasil",
  ro: "Română",
  fi: "Suomi",
  "sv-SE": "Svenska",
  vi: "Tiếng Việt",
  tr: "Türkçe",
  cs: "Čeština",
  el: "Ελληνικά",
  bg: "български",
  ru: "Pусский",
  uk: "Українська",
  hi: "हिन्दी",
  th: "ไทย",
  "zh-CN": "中文",
  ja: "日本語",
  "zh-TW": "繁體中文",
  ko: "한국어",
};

/** Returns a name or description in a person's language, or as it was registered. */
export function localized(thing, key, locale) {
  return thing[`${key}_localizations`]?.[locale] || thing[key] || "";
}
