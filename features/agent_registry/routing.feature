Feature: Routing of work to agents

  The orchestrator gives each request to an agent that can do it, and spares the busy ones. A customer's own agents come before those
  that OptiInfra brings. How an agent does its work is out of scope here.

  Background:
    Given customer "Northwind" has signed up

  @REQ-AGT-006
  Rule: A request must go to an agent that has the capability for it

    Scenario: Of two agents the one that can do it gets the work
      Given the cost agent on "gpu-1" is registered for "prices"
      And the performance agent on "gpu-2" is registered for "latency"
      When the customer asks for "latency"
      Then the work is with the agent on "gpu-2"

    Scenario: What no agent of the customer can do goes to an agent that OptiInfra brings
      Given the cost agent on "gpu-1" is registered for "prices"
      When the customer asks for "quantization"
      Then the work is with OptiInfra's own application agent

    Scenario: An agent never gets the work of another customer
      Given the performance agent on "gpu-1" is registered for "latency"
      And customer "Tinker" has signed up
      When the customer asks for "latency"
      Then the request is refused because "No registered agent has the capability"
      And nobody has been given work

  @REQ-AGT-007
  Rule: Of several capable agents the least loaded must get the work

    Scenario Outline: At loads of <first> and <second> the work goes to "<least>"
      Given the performance agent on "gpu-1" is registered for "latency"
      And the agent has reported itself active with two tasks at a load of <first>
      And the performance agent on "gpu-2" is registered for "latency"
      And the agent has reported itself active with two tasks at a load of <second>
      When the customer asks for "latency"
      Then the work is with the agent on "<least>"

      Examples:
        | first | second | least |
        | 40%   | 41%    | gpu-1 |
        | 41%   | 40%    | gpu-2 |

    Scenario: A loaded agent that can do it comes before an idle one that cannot
      Given the performance agent on "gpu-1" is registered for "latency"
      And the agent has reported itself active with 9 tasks at a load of 99%
      And the performance agent on "gpu-2" is registered for "throughput"
      When the customer asks for "latency"
      Then the work is with the agent on "gpu-1"

  @REQ-AGT-008
  Rule: A request that no active agent can serve must be refused with a reason

    Scenario: What nobody can do is refused
      Given the performance agent on "gpu-1" is registered for "latency"
      When the customer asks for "weather"
      Then the request is refused because "No registered agent has the capability weather"
      And nobody has been given work

    Scenario: While every capable agent struggles the request is refused
      Given the performance agent on "gpu-1" is registered for "latency"
      And the agent has reported itself degraded with 12 tasks at a load of 100%
      When the customer asks for "latency"
      Then the request is refused because "degraded"
      And nobody has been given work
