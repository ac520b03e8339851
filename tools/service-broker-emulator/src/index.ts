export { DataDirectoryInUseError, DataDirectoryUnusableError } from './engine/storage/errors.ts';
export { InvalidEmulatorOptionsError, SqlError } from './errors.ts';
export { checkHealth, type HealthCheckOptions, UnhealthyError } from './health-check.ts';
export { InitFolderUnusableError, InitScriptFailedError } from './init/errors.ts';
export { developmentSaPassword, type EmulatorSettings } from './options.ts';
export { type EmulatorListeners, type ServiceBrokerEmulator, startServiceBrokerEmulator } from './start.ts';
export { ListenFailedError, PortInUseError } from './tds/errors.ts';
