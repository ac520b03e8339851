export { secretReferenceType } from './app-configuration.ts';
export { agentKeyFolder, type ChallengeFault } from './arc-identity.ts';
export {
  AzureEmulatorError,
  EmulatorListenError,
  InvalidEmulatorOptionsError,
  KeyFolderError,
} from './errors.ts';
export type { TelemetryEnvelope } from './ingestion.ts';
export type { SecretAttributes } from './key-vault.ts';
export type { AzureEmulatorOptions, KeyValueSeed } from './options.ts';
export {
  type AnsweredRequest,
  type AzureEmulator,
  type EmulatedService,
  type ServiceFault,
  startAzureEmulator,
} from './start-azure-emulator.ts';
