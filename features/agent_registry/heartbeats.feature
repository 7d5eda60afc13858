Feature: Heartbeats of agents

  An agent says every 30 seconds that it is there and how busy it is. One that is silent for three of these periods gets no work until it is
  heard again. What becomes of the work that it had is told elsewhere.

  Background:
    Given customer "Northwind" has signed up
    And the performance agent on "gpu-1" is registered for "latency"

  @REQ-AGT-003
  Rule: A heartbeat must record status, current tasks and load

    Scenario: A busy agent is shown as busy as it says
      When the agent reports itself active with three tasks at a load of 80%
      Then the registry shows it active with three tasks at a load of 80%

    Scenario: An agent that struggles is shown as degraded
      When the agent reports itself degraded with 12 tasks at a load of 100%
      Then the registry shows it degraded with 12 tasks at a load of 100%
      And the customer is told that the agent is degraded

    Scenario: A load beyond the whole is refused and nothing is recorded
      Given the agent has reported itself active with two tasks at a load of 50%
      When the agent reports itself active with 9 tasks at a load of 101%
      Then the refusal names "load"
      And the registry shows it active with two tasks at a load of 50%

  @REQ-AGT-004 @needs_clock_control
  Rule: An agent that stays silent for three heartbeat periods must be unavailable and get no work

    Scenario Outline: After <silence> of silence an agent is <status>
      When the agent is silent for <silence>
      Then the agent is <status>

      Examples:
        | silence    | status      |
        | 89 seconds | active      |
        | 90 seconds | unavailable |
        | 1 hour     | unavailable |

    Scenario: Silence counts from the last heartbeat
      Given the agent has been silent for 89 seconds
      And the agent has reported itself active with two tasks at a load of 50%
      When the agent is silent for 89 seconds
      Then the agent is active

    Scenario: The customer is told when an agent falls silent
      When the agent is silent for 90 seconds
      Then the customer is told that the agent is unavailable

    Scenario: A silent agent gets no work
      Given the agent has been silent for 90 seconds
      When the customer asks for "latency"
      Then the request is refused because "unavailable"
      And nobody has been given work

  @REQ-AGT-005 @needs_clock_control
  Rule: An agent that is heard again must be active again

    Scenario: A silent agent is active with its next heartbeat
      Given the agent has been silent for 2 minutes
      When the agent reports itself active with no tasks at a load of 0%
      Then the agent is active
      And the customer is told that the agent is active

    Scenario: An agent that is back gets work again
      Given the agent has been silent for 2 minutes
      And the agent has reported itself active with no tasks at a load of 0%
      When the customer asks for "latency"
      Then the work is with the agent on "gpu-1"
