Feature: Right sizes

  A node that is larger than its work costs money every hour and nobody notices. OptiInfra therefore looks at how much of each node is
  used, and advises the size that is enough, also in the busiest minutes. Nodes without any work are told elsewhere.

  @REQ-RSC-001
  Rule: An instance that is persistently below 40% utilisation must get a smaller size that holds its peak

    Scenario Outline: A node of <company> that is used at 39.9% gets a smaller size
      Given a company like "<company>" with 1 inference node on demand
      And its nodes are used at 39.9% on average
      When the company signs up and lets OptiInfra into its cloud
      Then a smaller size that holds the peak is recommended

      Examples:
        | company   |
        | Tinker    |
        | Northwind |

    Scenario: A node that is used at 40% keeps its size
      Given a company like "Tinker" with 1 inference node on demand
      And its nodes are used at 40% on average
      When the company signs up and lets OptiInfra into its cloud
      Then no other size is recommended

  @REQ-RSC-003
  Rule: A size that could not carry the observed peak must never be recommended

    Scenario: A node that its busiest minutes fill keeps its size
      Given a company like "Pulse" with 1 inference node on demand
      And its nodes are used at 20% on average
      When the company signs up and lets OptiInfra into its cloud
      Then no other size is recommended
