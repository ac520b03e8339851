export { SqlError } from './errors.ts';
export { DEVELOPMENT_SA_PASSWORD, type EmulatorSettings } from './options.ts';
export { type EmulatorListeners, type ServiceBrokerEmulator, startServiceBrokerEmulator } from './start.ts';
export { ListenFailedError, PortInUseError } from './tds/errors.ts';
