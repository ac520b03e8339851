import type { Validation } from '../../broker/broker-objects.ts';
import { databaseSecurable, objectSecurable, routeSecurable } from '../security/securables.ts';
import { bit, defineView, type SystemView, viewTime } from './define-view.ts';
import { objectFacts } from './object-views.ts';
import { seenContracts, seenMessageTypes, seenObjects, seenServices } from './visible.ts';

const validationCodes: Readonly<Record<Validation, readonly [string, string]>> = {
  NONE: ['N', 'NONE'],
  EMPTY: ['E', 'EMPTY'],
  WELL_FORMED_XML: ['X', 'XML'],
};

/** `execute_as_principal_id` that stands for EXECUTE AS OWNER. */
const ownerPrincipalId = -2;

export const brokerObjectViews: readonly SystemView[] = [
  defineView(
    'sys',
    'service_message_types',
    {
      name: 'brokerName',
      message_type_id: 'int',
      principal_id: 'int',
      validation: 'char2',
      validation_desc: 'description',
      xml_collection_id: 'int',
    },
    function* (database, session) {
      for (const type of seenMessageTypes(database, session)) {
        const [code, text] = validationCodes[type.validation];
        yield {
          name: type.name,
          message_type_id: type.id,
          principal_id: type.ownerId,
          validation: code.padEnd(2),
          validation_desc: text,
        };
      }
    },
  ),
  defineView(
    'sys',
    'service_contracts',
    { name: 'brokerName', service_contract_id: 'int', principal_id: 'int' },
    function* (database, session) {
      for (const contract of seenContracts(database, session)) {
        yield { name: contract.name, service_contract_id: contract.id, principal_id: contract.ownerId };
      }
    },
  ),
  defineView(
    'sys',
    'service_contract_message_usages',
    { service_contract_id: 'int', message_type_id: 'int', is_sent_by_initiator: 'bit', is_sent_by_target: 'bit' },
    function* (database, session) {
      for (const contract of seenContracts(database, session)) {
        for (const { messageType, sentBy } of contract.messages.values()) {
          yield {
            service_contract_id: contract.id,
            message_type_id: messageType.id,
            is_sent_by_initiator: bit(sentBy !== 'TARGET'),
            is_sent_by_target: bit(sentBy !== 'INITIATOR'),
          };
        }
      }
    },
  ),
  defineView(
    'sys',
    'services',
    { name: 'brokerName', service_id: 'int', principal_id: 'int', service_queue_id: 'int' },
    function* (database, session) {
      for (const service of seenServices(database, session)) {
        yield {
          name: service.name,
          service_id: service.id,
          principal_id: service.ownerId,
          service_queue_id: service.queue.objectId,
        };
      }
    },
  ),
  defineView(
    'sys',
    'service_contract_usages',
    { service_id: 'int', service_contract_id: 'int' },
    function* (database, session) {
      for (const service of seenServices(database, session)) {
        for (const contract of service.contracts) yield { service_id: service.id, service_contract_id: contract.id };
      }
    },
  ),
  defineView(
    'sys',
    'service_queues',
    {
      name: 'name',
      object_id: 'int',
      principal_id: 'int',
      schema_id: 'int',
      parent_object_id: 'int',
      type: 'char2',
      type_desc: 'description',
      create_date: 'datetime',
      modify_date: 'datetime',
      is_ms_shipped: 'bit',
      is_published: 'bit',
      is_schema_published: 'bit',
      max_readers: 'smallint',
      activation_procedure: 'text',
      execute_as_principal_id: 'int',
      is_activation_enabled: 'bit',
      is_receive_enabled: 'bit',
      is_enqueue_enabled: 'bit',
      is_retention_enabled: 'bit',
      is_poison_message_handling_enabled: 'bit',
    },
    function* (database, session) {
      for (const object of seenObjects(database, session)) {
        const queue = object.kind === 'queue' ? database.broker.queue(object.objectId) : undefined;
        if (queue === undefined) continue;
        const { activation, ...settings } = queue.settings;
        const executeAs = activation?.executeAs;
        yield {
          ...objectFacts(database, object),
          max_readers: activation?.maxReaders ?? 0,
          activation_procedure: activation?.procedure ?? null,
          execute_as_principal_id:
            executeAs === undefined
              ? null
              : executeAs === 'OWNER'
                ? ownerPrincipalId
                : (database.principals.find(executeAs)?.principalId ?? null),
          is_activation_enabled: bit(activation?.enabled === true),
          is_receive_enabled: bit(settings.receiveEnabled),
          is_enqueue_enabled: bit(settings.enqueueEnabled),
          is_retention_enabled: bit(settings.retention),
          is_poison_message_handling_enabled: bit(settings.poisonMessageHandling),
        };
      }
    },
  ),
  defineView(
    'sys',
    'routes',
    {
      name: 'name',
      route_id: 'int',
      principal_id: 'int',
      remote_service_name: 'farService',
      broker_instance: 'name',
      lifetime: 'datetime',
      address: 'text',
      mirror_address: 'text',
    },
    function* (database, session) {
      for (const route of database.broker.routes) {
        if (!session.sees(routeSecurable(database, route))) continue;
        yield {
          name: route.name,
          route_id: route.id,
          principal_id: route.ownerId,
          remote_service_name: route.serviceName ?? null,
          broker_instance: route.brokerInstance ?? null,
          lifetime: route.expiresAt === undefined ? null : viewTime(route.expiresAt),
          address: route.address,
        };
      }
    },
  ),
  defineView(
    'sys',
    'conversation_priorities',
    {
      priority_id: 'int',
      name: 'name',
      service_contract_id: 'int',
      local_service_id: 'int',
      remote_service_name: 'farService',
      priority: 'tinyint',
    },
    function* (database, session) {
      if (!session.sees(databaseSecurable(database))) return;
      for (const priority of database.broker.priorities) {
        const { contractName, localServiceName } = priority;
        yield {
          priority_id: priority.id,
          name: priority.name,
          service_contract_id: contractName === undefined ? null : (database.broker.contract(contractName)?.id ?? null),
          local_service_id:
            localServiceName === undefined ? null : (database.broker.service(localServiceName)?.id ?? null),
          remote_service_name: priority.remoteServiceName ?? null,
          priority: priority.level,
        };
      }
    },
  ),
  defineView(
    'sys',
    'event_notifications',
    {
      name: 'name',
      parent_class: 'tinyint',
      parent_class_desc: 'description',
      parent_id: 'int',
      is_ms_shipped: 'bit',
      service_name: 'farService',
      broker_instance: 'name',
    },
    function* (database, session) {
      for (const queue of database.broker.queues) {
        const { notification } = queue.settings;
        if (notification === undefined || !session.sees(objectSecurable(database, queue))) continue;
        yield {
          name: notification.name,
          parent_class: 1,
          parent_class_desc: 'OBJECT_OR_COLUMN',
          parent_id: queue.objectId,
          is_ms_shipped: 0,
          service_name: notification.service,
          broker_instance:
            notification.brokerInstance.toUpperCase() === 'CURRENT DATABASE'
              ? database.broker.guid
              : notification.brokerInstance,
        };
      }
    },
  ),
  defineView(
    'sys',
    'dm_broker_queue_monitors',
    {
      database_id: 'int',
      queue_id: 'int',
      state: 'description',
      last_empty_rowset_time: 'datetime',
      last_activated_time: 'datetime',
      tasks_waiting: 'int',
    },
    function* (_database, session) {
      for (const database of session.server.databases.all) {
        for (const queue of database.broker.queues) {
          const { monitor } = queue;
          if (!monitor.active) continue;
          yield {
            database_id: database.databaseId,
            queue_id: queue.objectId,
            state: monitor.state,
            last_empty_rowset_time: monitor.lastEmptyRowset === undefined ? null : viewTime(monitor.lastEmptyRowset),
            last_activated_time: monitor.lastActivated === undefined ? null : viewTime(monitor.lastActivated),
            tasks_waiting: queue.waiters.count,
          };
        }
      }
    },
    undefined,
    'VIEW SERVER STATE',
  ),
  defineView(
    'sys',
    'dm_broker_activated_tasks',
    { spid: 'int', database_id: 'smallint', queue_id: 'int', procedure_name: 'text', execute_as: 'int' },
    function* (_database, session) {
      for (const task of session.server.activatedTasks) {
        yield {
          spid: task.sessionId,
          database_id: task.databaseId,
          queue_id: task.queueId,
          procedure_name: task.procedure,
          execute_as: task.executeAs,
        };
      }
    },
    undefined,
    'VIEW SERVER STATE',
  ),
];
