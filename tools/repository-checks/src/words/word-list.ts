/** A wording that no comment, page, help text or message may have. */
export interface RefusedWording {
  /** Without flags; the case of letters counts only where the pattern says so. */
  readonly pattern: RegExp;
  /** What is written instead. */
  readonly instead: string;
}

const amounts = '(?:shorter|longer|fewer|more|less|smaller|larger|sooner|later)';

/**
 * Wordings that readers stumble on, and what is written instead: those of docs/glossary.md ("Instead of") that a pattern can tell from good
 * English. `nobody` and `says` have good uses too, so they are left to the eye.
 */
export const refusedWordings: readonly RefusedWording[] = [
  {
    pattern: /\b(?<!\b[Tt]here )(?:is|are) none\b(?! (?:of|at all|yet))/,
    instead: "an invalid ..., isn't one, no ...",
  },
  {
    // "There is no ..." and idioms such as "is no longer" are good English.
    pattern:
      /\b(?<!\b[Tt]here )(?:is|are|was|were) no (?!(?:longer|more|less|other|later|earlier|greater|larger|better|worse|different|doubt|such|use|match)\b)[A-Za-z]/,
    instead: "isn't a ..., aren't ..., isn't one",
  },
  { pattern: /\b[Aa]gain and again\b/, instead: 'repeatedly' },
  { pattern: /\b[Ww]hat (?:became|becomes|will become) of\b/, instead: 'the outcome of, the status of' },
  { pattern: /\b[Ss]igns? of life\b/, instead: 'response, watchdog notification' },
  { pattern: /\btwo looks\b|\bcould not be looked at\b/, instead: 'two checks, two samples; could not be checked' },
  { pattern: /\bis (?:said|told) above\b/, instead: 'see above' },
  { pattern: /\b[Mm]end(?:s|ed|ing)?\b/, instead: 'fix' },
  { pattern: /\bwithout a word\b/, instead: 'silently' },
  { pattern: /\bof a processor\b/, instead: 'of CPU time' },
  { pattern: /\b[Ww]hoever\b/, instead: 'the caller, the reader, anyone who' },
  { pattern: /\b[Ll]ook(?:s|ed|ing)? (?:at )?whether\b/, instead: 'check whether' },
  { pattern: /\b[Tt]old of\b/, instead: 'called with, reported' },
  { pattern: /\b(?:[Hh]as|[Hh]ave|[Hh]ad)n't(?: (?:a|an|any|got|it|its|the)\b|[.;)])/, instead: 'has no ..., lacks' },
  { pattern: /\bcalled well\b|\b\d+ well\b|\b1 to know\b/, instead: 'ok, healthy' },
  { pattern: /\bbad luck\b/, instead: 'transient' },
  {
    // The first half of a comment on a constant, at the beginning of a sentence.
    pattern: new RegExp(
      `(?:^|[.:] |\\* ?|-- ?|/ ?)(?:(?:Much|Far|Many) ${amounts}|${capitalized(amounts)})(?:, and\\b|: )`,
    ),
    instead: 'Too short: ...; too long: ...',
  },
  {
    pattern: new RegExp(`; ?(?:much |far |many )?${amounts}(?:, and\\b|: (?!--))`),
    instead: 'Too short: ...; too long: ...',
  },
];

function capitalized(words: string): string {
  return words.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
