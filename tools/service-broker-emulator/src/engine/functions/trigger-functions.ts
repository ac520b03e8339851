import { intType, withLength } from '../types/type-info.ts';
import { intArgument } from './arguments.ts';
import { defineFunction } from './define-function.ts';
import type { ScalarFunction } from './scalar-function.ts';

/** Microsoft's chapter "Trigger functions". */
export const triggerFunctions: readonly ScalarFunction[] = [
  defineFunction('COLUMNS_UPDATED', {
    arguments: 0,
    deterministic: false,
    type: withLength('varbinary', 128),
    evaluate: (_args, _types, context) => context.columnsUpdated(),
  }),
  defineFunction('TRIGGER_NESTLEVEL', {
    arguments: [0, 1],
    deterministic: false,
    type: intType,
    evaluate: (args, types, context) =>
      context.triggerNestLevel(args.length === 0 ? undefined : (intArgument(args[0], types[0]) ?? undefined)),
  }),
];
