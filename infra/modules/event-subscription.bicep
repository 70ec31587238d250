// What carries a registry's events to the app. By a function: the code must be there first, so the
// postdeploy hook deploys this. By a queue: main.bicep does.

param topicName string
param subscriptionName string

@allowed(['function', 'serviceBus'])
param delivery string

@description('Resource id of the function that takes events; for delivery by function.')
param functionId string = ''

@description('Resource id of the queue; for delivery by Service Bus.')
param queueId string = ''

param eventsIdentityId string
param deadLetterStorageId string
param deadLetterContainer string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

var identity = { type: 'UserAssigned', userAssignedIdentity: eventsIdentityId }
var shared = {
  eventDeliverySchema: 'CloudEventSchemaV1_0'
  filter: {
    includedEventTypes: [
      'Microsoft.ContainerRegistry.ImagePushed'
      'Microsoft.ContainerRegistry.ImageDeleted'
    ]
  }
  retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
}

resource toFunction 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (delivery == 'function') {
  parent: topic
  name: subscriptionName
  properties: {
    eventDeliverySchema: shared.eventDeliverySchema
    filter: shared.filter
    retryPolicy: shared.retryPolicy
    destination: {
      endpointType: 'AzureFunction'
      // one event a call: an event that fails must not bring its neighbours back
      properties: { resourceId: functionId, maxEventsPerBatch: 1 }
    }
    deadLetterWithResourceIdentity: {
      identity: identity
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: deadLetterStorageId, blobContainerName: deadLetterContainer }
      }
    }
  }
}

resource toQueue 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (delivery == 'serviceBus') {
  parent: topic
  name: subscriptionName
  properties: {
    eventDeliverySchema: shared.eventDeliverySchema
    filter: shared.filter
    retryPolicy: shared.retryPolicy
    deliveryWithResourceIdentity: {
      identity: identity
      destination: {
        endpointType: 'ServiceBusQueue'
        properties: { resourceId: queueId }
      }
    }
    deadLetterWithResourceIdentity: {
      identity: identity
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: deadLetterStorageId, blobContainerName: deadLetterContainer }
      }
    }
  }
}
