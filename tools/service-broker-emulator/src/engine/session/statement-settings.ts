import type { StatementSettings } from '../query/environment.ts';
import type { SetOptions } from './set-options.ts';

/** SET options that a module keeps from when it was made. */
export type ModuleSettings = Partial<Pick<StatementSettings, 'ansiNulls' | 'quotedIdentifier'>>;

/** SET options by which a statement of a module is compiled. @param module those that it was made with, none for a batch */
export function settingsOf(options: SetOptions, module: ModuleSettings | undefined): StatementSettings {
  const { ansiNulls, quotedIdentifier, ansiPadding, concatNullYieldsNull } = options;
  return {
    ansiNulls: module === undefined ? ansiNulls : (module.ansiNulls ?? true),
    quotedIdentifier: module === undefined ? quotedIdentifier : (module.quotedIdentifier ?? true),
    ansiPadding,
    concatNullYieldsNull,
  };
}

/** A number for a combination of settings, by which plans are told apart. */
export function settingBits(settings: StatementSettings): number {
  const { ansiNulls, quotedIdentifier, ansiPadding, concatNullYieldsNull } = settings;
  return (ansiNulls ? 1 : 0) + (quotedIdentifier ? 2 : 0) + (ansiPadding ? 4 : 0) + (concatNullYieldsNull ? 8 : 0);
}
