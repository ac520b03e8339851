export { type ApiOptions, createApi } from './api.ts';
export { apiCommand } from './command.ts';
export { type Settings, settingsSchema } from './options.ts';
