// What carries a registry's events to the app. By a queue the postprovision hook deploys it; by a
// function the postdeploy hook, since the code must be there first.

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
var schema = 'CloudEventSchemaV1_0'
var wanted = {
  includedEventTypes: [
    'Microsoft.ContainerRegistry.ImagePushed'
    'Microsoft.ContainerRegistry.ImageDeleted'
  ]
}
var retries = { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }

resource toFunction 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (delivery == 'function') {
  parent: topic
  name: subscriptionName
  properties: {
    eventDeliverySchema: schema
    filter: wanted
    retryPolicy: retries
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
    eventDeliverySchema: schema
    filter: wanted
    retryPolicy: retries
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
