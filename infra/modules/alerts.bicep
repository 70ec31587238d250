// The app watches itself. What each alert means and what to do: docs/operations.md.

param token string
param location string
param tags object
param logsId string
param serviceBusId string
param actionGroupId string

@description('Off for a stamp that stands by: its silence is wanted.')
param enabled bool

var actions = empty(actionGroupId) ? [] : [{ actionGroupId: actionGroupId }]

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'pullwatch-dead-letters-stay-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Dead letters stay on a queue: the functions that take them do not run.'
    severity: 1
    enabled: enabled
    scopes: [serviceBusId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'deadLetters'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
          operator: 'GreaterThan'
          threshold: 0
          timeAggregation: 'Minimum'
        }
      ]
    }
    autoMitigate: true
    actions: actions
  }
}

// The text of the signals is in shared/pipeline/signals.py; a test holds these to it
var rules = [
  {
    name: 'message-given-up'
    severity: 2
    every: 'PT5M'
    window: 'PT15M'
    description: 'A message was given up after its last delivery.'
    query: 'AppTraces | where Message startswith "pullwatch.dead_letter " | summarize found = count() | where found > 0'
  }
  {
    name: 'events-lost'
    severity: 1
    every: 'PT15M'
    window: 'PT30M'
    description: 'Event Grid dropped events of a registry, or put them with the dead letters.'
    query: 'AzureMetrics | where ResourceProvider == "MICROSOFT.EVENTGRID" | where MetricName in ("DroppedEventCount", "DeadLetteredCount") | summarize found = sum(Total) | where found > 0'
  }
  {
    name: 'functions-fail'
    severity: 2
    every: 'PT5M'
    window: 'PT15M'
    description: 'A function failed three times or more within 15 minutes.'
    query: 'AppRequests | where Success == false | summarize found = count() by Name | where found >= 3'
  }
  {
    name: 'no-heartbeat-watch'
    severity: 1
    every: 'PT5M'
    window: 'PT30M'
    description: 'The watch did not do its work for 30 minutes.'
    query: 'AppTraces | where Message startswith "pullwatch.heartbeat " | where Message has "\\"watch\\"" | summarize found = count() | where found == 0'
  }
  {
    name: 'no-heartbeat-sweep'
    severity: 2
    every: 'PT1H'
    window: 'P2D'
    description: 'No sweep began within 26 hours.'
    query: 'AppTraces | where Message startswith "pullwatch.heartbeat " | summarize first = min(TimeGenerated), found = countif(Message has "\\"sweep\\"" and TimeGenerated > ago(26h)) | where found == 0 and (isnull(first) or first < ago(26h))'
  }
  {
    name: 'sweep-incomplete'
    severity: 2
    every: 'PT15M'
    window: 'PT30M'
    description: 'A sweep was reported although jobs of it did not come back.'
    query: 'AppTraces | where Message startswith "pullwatch.report " | extend said = parse_json(substring(Message, strlen("pullwatch.report "))) | where tobool(said.complete) == false | summarize found = count() | where found > 0'
  }
]

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'pullwatch-${rule.name}-${token}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Pullwatch: ${rule.name}'
      description: rule.description
      severity: rule.severity
      enabled: enabled
      scopes: [logsId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      // the tables are made by the first rows: a deployment comes before them
      skipQueryValidation: true
      autoMitigate: true
      actions: { actionGroups: empty(actionGroupId) ? [] : [actionGroupId] }
    }
  }
]
