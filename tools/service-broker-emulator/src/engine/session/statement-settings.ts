import type { StatementSettings } from '../query/environment.ts';
import type { SetOptions } from './set-options.ts';

/** SET options that a module keeps from when it was made. */
export type ModuleSettings = Partial<Pick<StatementSettings, 'ansiNulls' | 'quotedIdentifier'>>;

/** SET options by which a statement of a module is compiled. @param module those that it was made with, none for a batch */
export function settingsOf(options: SetOptions, module: ModuleSettings | undefined): StatementSettings {
  const { ansiNulls, quotedIdentifier, ansiPadding, concatNullYieldsNull, ansiWarnings, numericRoundAbort, dates } =
    options;
  return {
    ansiNulls: module === undefined ? ansiNulls : (module.ansiNulls ?? true),
    quotedIdentifier: module === undefined ? quotedIdentifier : (module.quotedIdentifier ?? true),
    ansiPadding,
    concatNullYieldsNull,
    ansiWarnings,
    numericRoundAbort,
    dates,
  };
}

/** A number for a combination of settings, by which plans are told apart; worked out for each statement that runs. */
export function settingBits(options: SetOptions, module: ModuleSettings | undefined): number {
  const ansiNulls = module === undefined ? options.ansiNulls : (module.ansiNulls ?? true);
  const quotedIdentifier = module === undefined ? options.quotedIdentifier : (module.quotedIdentifier ?? true);
  return (
    options.dates.key * 64 +
    (options.numericRoundAbort ? 32 : 0) +
    (ansiNulls ? 16 : 0) +
    (quotedIdentifier ? 8 : 0) +
    (options.ansiPadding ? 4 : 0) +
    (options.concatNullYieldsNull ? 2 : 0) +
    (options.ansiWarnings ? 1 : 0)
  );
}
