// The files of all languages but English, found by their names and loaded one by one. This list itself is loaded only for who reads another language.

export const files = import.meta.glob<{ readonly words: object }>('./**/strings.*.ts');

/** The file of a folder of lab/ in a language; undefined where there is none. */
export const fileOf = (folder: string, language: string): (() => Promise<{ readonly words: object }>) | undefined =>
  files[`./${folder === '' ? '' : `${folder}/`}strings.${language}.ts`];
