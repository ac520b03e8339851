-- Applications that change entities: they may enqueue and need no right on queues or services.
CREATE ROLE [HartonomousSender] AUTHORIZATION [dbo];
