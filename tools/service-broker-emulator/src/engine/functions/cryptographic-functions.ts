import { createHash, randomBytes } from 'node:crypto';
import { unsupported } from '../../unsupported.ts';
import { nullType, withLength } from '../types/type-info.ts';
import { bytesArgument, intArgument, textArgument } from './arguments.ts';
import { defineFunction } from './define-function.ts';
import type { ScalarFunction } from './scalar-function.ts';
import { requireBytes } from './system/checksum-functions.ts';

const algorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  SHA: 'sha1',
  SHA1: 'sha1',
  SHA2_256: 'sha256',
  SHA2_512: 'sha512',
};

/** Microsoft's chapter "Cryptographic functions". */
export const cryptographicFunctions: readonly ScalarFunction[] = [
  defineFunction('HASHBYTES', {
    arguments: 2,
    type: (types, _, name) => {
      requireBytes(types[1] ?? nullType, 2, name);
      return { name: 'varbinary', length: 8000 };
    },
    evaluate: (args, types) => {
      const algorithm = textArgument(args[0], types[0])?.toUpperCase();
      const bytes = bytesArgument(args[1], types[1]);
      if (algorithm === undefined || bytes === null) return null;
      if (algorithm === 'MD2' || algorithm === 'MD4') unsupported(`the obsolete hash algorithm ${algorithm}`);
      const known = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined;
      return known === undefined ? null : createHash(known).update(bytes).digest();
    },
  }),
  defineFunction('CRYPT_GEN_RANDOM', {
    arguments: [1, 2],
    deterministic: false,
    type: withLength('varbinary', 8000),
    evaluate: (args, types) => {
      const length = intArgument(args[0], types[0]);
      return length === null || length < 1 || length > 8000 ? null : randomBytes(length);
    },
  }),
];
