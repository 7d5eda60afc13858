Feature: Audit trail

  Whoever answers for a fleet must be able to say who changed what, and when. OptiInfra keeps that for every change, its own included, and
  shows it to auditors. How a trail is protected against tampering is out of scope here.

  Background:
    Given customer "Northwind" runs one inference node on demand
    And "Northwind" owns one of everything

  @REQ-AUD-001 @needs_administration
  Rule: Every action that changes state must be recorded with time, user, action, entity type and entity

    Scenario: Whatever was asked of OptiInfra and changed something is in the trail
      When an auditor reads the trail of "Northwind"
      Then every change that "Northwind" has asked for is in it, complete

    Scenario: The trail says who did what to which thing
      When an auditor reads the trail of "Northwind"
      Then it says of each thing who did what to it:
        | who       | what                   | thing          |
        | the owner | customer signed up     | customer       |
        | the owner | settings changed       | customer       |
        | the owner | onboarding started     | customer       |
        | an agent  | agent registered       | agent          |
        | the owner | work routed            | task           |
        | an agent  | recommendation created | recommendation |
        | the owner | conflict resolved      | resolution     |
        | the owner | resolution executed    | resolution     |

    Scenario: What OptiInfra does by itself is in the trail as its own
      When an auditor reads the trail of "Northwind"
      Then it says of each thing who did what to it:
        | who       | what                   | thing        |
        | OptiInfra | customer onboarded     | customer     |
        | OptiInfra | discovery completed    | customer     |
        | OptiInfra | optimization completed | optimization |
