/** What is shown in the place of a secret. */
export const hiddenSecret = '***';

/** Between the words of a name: `private_key`, `x-api-key`, `Private Key`; or nothing, `privateKey`. */
const gap = '[-_. ]?';

const keyKinds = [
  'access',
  'account',
  'api',
  'client',
  'decryption',
  'encryption',
  'functions',
  'instrumentation',
  'machine',
  'master',
  'private',
  'shared',
  'signing',
  'storage',
  'subscription',
  'symmetric',
];

/** How many tokens a model may read, and the like: these are counts. */
const countedTokens = `(?<=(?:max|min|total|prompt|input|output|context)${gap})tokens`;

/** Each may stand anywhere in a name. */
const partsOfNames = [
  'pass(?:word|wd|phrase|code)',
  'secret',
  `(?!${countedTokens})token`,
  'credential',
  'authorization',
  'cookie',
  'bearer',
  'jwt',
  'signature',
  `sas${gap}(?:token|ur[il]|key)`,
  `connection${gap}strings?`,
  `(?:${keyKinds.join('|')})${gap}keys?(?![a-z])`,
];

/** Too short to be looked for inside other words: a whole name, or a whole section of a key. */
const wholeNames = ['pwd', 'sas', 'sig', '_?auth'];

const secretName = new RegExp(`${partsOfNames.join('|')}|(?:^|[:.]|__)(?:${wholeNames.join('|')})(?:$|[:.]|__)`, 'i');

/**
 * Whether a field, setting (`Section:Key`), header or parameter of this name holds a secret, judged by the name alone, in any case
 * and any way of joining words. What is below a secret's name (`ConnectionStrings:Main`) is one, too. The one table for logs and for listings of the configuration. Rather one name too many: what is hidden by mistake
 * costs a look elsewhere, what is shown by mistake costs a new secret.
 */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}
