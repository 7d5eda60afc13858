Feature: Work of agents

  Work that was accepted ends in a result that the customer can see, whatever becomes of the agent that had it. What the results are
  used for is out of scope here.

  Background:
    Given customer "Northwind" has signed up
    And the performance agent on "gpu-1" is registered for "latency"
    And the agent works on the customer's request for "latency"

  @REQ-AGT-010
  Rule: The unfinished work of an agent that leaves must go to another

    Scenario: The work of an agent that leaves goes to the next that can do it
      Given the performance agent on "gpu-2" is registered for "latency"
      When the agent on "gpu-1" leaves
      Then the work is with the agent on "gpu-2"

    Scenario: Work that nobody else can do waits for somebody who can
      Given the agent on "gpu-1" has left
      When a performance agent of version "2.1.0" registers on host "gpu-3" for "latency"
      Then the work is with the agent on "gpu-3"

    Scenario: Finished work stays with the agent that did it
      Given the performance agent on "gpu-2" is registered for "latency"
      And the agent on "gpu-1" has finished the work
      When the agent on "gpu-1" leaves
      Then the work is shown as completed
      And the agent on "gpu-2" has no work

    @needs_clock_control @REQ-AGT-004
    Scenario: The work of an agent that falls silent goes to another
      Given the agent works on a long request for "latency"
      And the performance agent on "gpu-2" is registered for "latency"
      When only the agent on "gpu-2" is heard for 90 seconds
      Then the work is with the agent on "gpu-2"

  @REQ-AGT-011
  Rule: Work that an agent reports as failed, or that outlasts its time limit, must be shown as failed with its error

    Scenario: Work that an agent could not do is shown as failed with the agent's words
      When the agent reports the work as failed because "the model server is gone"
      Then the work is shown as failed because "the model server is gone"
      And the customer is told that the work has failed

    @needs_clock_control
    Scenario: Work at its time limit is shown as failed
      When 30 seconds pass
      Then the work is shown as failed because "within the time limit of 30 s"
      And the customer is told that the work has failed

    @needs_clock_control
    Scenario: Work within its time limit goes on
      When 29 seconds pass
      Then the work is with the agent on "gpu-1"

    @needs_clock_control
    Scenario: A result that comes after the time limit does not undo the failure
      Given the work has outlasted its time limit
      When the agent on "gpu-1" reports the work as done
      Then the request is refused because "failed already"
      And the work is shown as failed because "within the time limit of 30 s"
