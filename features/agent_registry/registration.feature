Feature: Registration of agents

  Agents of the customer's own do work beside those that come with OptiInfra. Each registers once and says what it is and what it can do,
  so that work finds it. What an agent recommends is out of scope here.

  Background:
    Given customer "Northwind" has signed up

  @REQ-AGT-001
  Rule: A registering agent must get an identity and be active with its type, version, capabilities and host

    Scenario: A new agent is in the registry as it described itself
      When a performance agent of version "2.1.0" registers on host "gpu-1" for "latency"
      Then the registry shows it with its type, version, capabilities and host
      And the agent is active

    Scenario: An agent that comes with a new version is in the registry with the new one
      Given the performance agent on "gpu-1" is registered for "latency"
      When a performance agent of version "2.2.0" registers on host "gpu-1" for "throughput"
      Then the registry shows it with its type, version, capabilities and host

  @REQ-AGT-002
  Rule: An agent of an unknown type or without capabilities must be refused

    Scenario: An agent of a type that nobody knows is refused
      When an agent of the type "finance" registers on host "gpu-1" for "latency"
      Then the refusal names "agent type"
      And the customer has no agents

    Scenario: An agent that can do nothing is refused
      When a performance agent registers on host "gpu-1" without any capability
      Then the refusal names "capabilities"
      And the customer has no agents

  @REQ-AGT-009
  Rule: Registering the same host again must never create a second agent

    Scenario: The same agent on the same host keeps its identity
      Given the performance agent on "gpu-1" is registered for "latency"
      When a performance agent of version "2.2.0" registers on host "gpu-1" for "latency"
      Then it has the identity that it had before
      And the customer has one agent

    Scenario: Another agent on the same host is an agent of its own
      Given the performance agent on "gpu-1" is registered for "latency"
      When a cost agent of version "2.1.0" registers on host "gpu-1" for "prices"
      Then the customer has two agents

    Scenario: The same agent on another host is an agent of its own
      Given the performance agent on "gpu-1" is registered for "latency"
      When a performance agent of version "2.1.0" registers on host "gpu-2" for "latency"
      Then the customer has two agents
