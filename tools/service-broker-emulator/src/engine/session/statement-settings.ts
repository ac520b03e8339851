import type { StatementSettings } from '../query/environment.ts';
import type { SetOptions } from './set-options.ts';

/** SET options that a module keeps from when it was made. */
export type ModuleSettings = Partial<Pick<StatementSettings, 'ansiNulls' | 'quotedIdentifier'>>;

/** SET options by which a statement of a module is compiled. @param module those that it was made with, none for a batch */
export function settingsOf(options: SetOptions, module: ModuleSettings | undefined): StatementSettings {
  const { ansiNulls, quotedIdentifier, ansiPadding, concatNullYieldsNull, ansiWarnings, dates } = options;
  return {
    ansiNulls: module === undefined ? ansiNulls : (module.ansiNulls ?? true),
    quotedIdentifier: module === undefined ? quotedIdentifier : (module.quotedIdentifier ?? true),
    ansiPadding,
    concatNullYieldsNull,
    ansiWarnings,
    dates,
  };
}

/** A number for a combination of settings, by which plans are told apart. */
export function settingBits(settings: StatementSettings): number {
  const { ansiNulls, quotedIdentifier, ansiPadding, concatNullYieldsNull, ansiWarnings, dates } = settings;
  const all = [ansiNulls, quotedIdentifier, ansiPadding, concatNullYieldsNull, ansiWarnings];
  return all.reduce((bits, isOn) => bits * 2 + (isOn ? 1 : 0), dates.key);
}
