import { type Language, languages, usEnglish } from '../../languages.ts';

/** Order of day, month and year in dates of numbers alone. */
export type DateOrder = 'mdy' | 'dmy' | 'ymd' | 'ydm' | 'myd' | 'dym';

const orders: readonly DateOrder[] = ['mdy', 'dmy', 'ymd', 'ydm', 'myd', 'dym'];

/** SET DATEFORMAT and SET LANGUAGE of a session: how texts are read as dates, and dates written as texts. */
export interface DateSettings {
  readonly order: DateOrder;
  readonly language: Language;
  /** Tells settings apart, 0 for the default. */
  readonly key: number;
}

export function isDateOrder(text: string): text is DateOrder {
  return (orders as readonly string[]).includes(text);
}

const known = new Map<number, DateSettings>();

/** One object for each combination. */
export function dateSettings(order: DateOrder, language: Language): DateSettings {
  const key = languages.indexOf(language) * orders.length + orders.indexOf(order);
  let settings = known.get(key);
  if (settings === undefined) {
    settings = { order, language, key };
    known.set(key, settings);
  }
  return settings;
}

/** mdy and us_english. */
export const defaultDateSettings: DateSettings = dateSettings('mdy', usEnglish);

let current = defaultDateSettings;

/** The settings that conversions are compiled by when they are given none. */
export function currentDateSettings(): DateSettings {
  return current;
}

/**
 * Compiles conversions by a session's settings. They are needed at the bottom of every expression, by code that has no
 * session; `work` must not wait for anything, as other sessions would then work by them.
 */
export function underDateSettings<T>(settings: DateSettings, work: () => T): T {
  if (settings === current) return work();
  const before = current;
  current = settings;
  try {
    return work();
  } finally {
    current = before;
  }
}
