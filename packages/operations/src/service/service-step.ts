import { shellWord } from '../shell-word.ts';

/** One thing that installing or removing a service does. */
export type ServiceStep =
  | { readonly kind: 'write'; readonly path: string; readonly content: string; readonly mode: number }
  | { readonly kind: 'copy'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | {
      readonly kind: 'run';
      readonly command: string;
      readonly args: readonly string[];
      /** Why it may fail without harm, for example because what it removes isn't there. @default it must not fail */
      readonly mayFail?: string;
    };

/** A step as a person would type it. */
export function stepText(step: ServiceStep): string {
  switch (step.kind) {
    case 'write':
      return `write ${step.path}`;
    case 'copy':
      return `copy ${step.from} to ${step.to}`;
    case 'remove':
      return `remove ${step.path}`;
    case 'run':
      return [step.command, ...step.args].map(shellWord).join(' ');
  }
}
