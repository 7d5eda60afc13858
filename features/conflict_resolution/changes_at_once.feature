Feature: Changes at once

  Customers, agents and the cloud act whenever they like, also at the same moment. A fleet must not be changed by two hands, and nobody may
  decide on what has meanwhile become something else. What is decided in the end is out of scope here.

  @REQ-CNF-013
  Rule: Two optimizations must never work on the same resource at the same time

    Scenario: A second change of a fleet is refused while the first is under way
      Given customer "Northwind" runs 1 inference node on demand
      And the agents recommend
        | agent       | recommendation  | about           |
        | performance | kv cache tuning | the whole fleet |
        | resource    | batch tuning    | the whole fleet |
      And the first of them is being carried out
      When the customer approves the second of them
      Then the request is refused because "Another change works on the same resources"
      And no two changes have worked on one node at the same time

    Scenario: A second change of a fleet may follow when the first has ended
      Given customer "Northwind" runs 1 inference node on demand
      And the agents recommend
        | agent       | recommendation  | about           |
        | performance | kv cache tuning | the whole fleet |
        | resource    | batch tuning    | the whole fleet |
      And the first of them has been carried out
      When the customer approves the second of them
      Then both of them are carried out
      And no two changes have worked on one node at the same time

    Scenario: A change of one fleet keeps out a change of nodes in two fleets
      Given customer "Acme Corp" runs 1 inference node on demand
      And the agents recommend
        | agent       | recommendation  | about                |
        | performance | kv cache tuning | the other fleet      |
        | resource    | batch tuning    | a node of each fleet |
      And the first of them is being carried out
      When the customer approves the second of them
      Then the request is refused because "Another change works on the same resources"
      And no two changes have worked on one node at the same time

    Scenario: Changes of two fleets are carried out side by side
      Given customer "Acme Corp" runs 1 inference node on demand
      And the agents recommend
        | agent       | recommendation  | about           |
        | resource    | batch tuning    | the whole fleet |
        | performance | kv cache tuning | the other fleet |
      And the first of them is being carried out
      When the customer approves the second of them
      Then both of them are carried out
      And both have been at work at the same time

    @REQ-CNF-017
    Scenario: A resolution whose winner cannot begin drops nobody
      Given customer "Tinker" runs 2 inference nodes on demand
      And the agents recommend
        | agent       | recommendation   | about           |
        | resource    | batch tuning     | the whole fleet |
        | performance | stay on demand   | first node      |
        | cost        | idle termination | first node      |
      And the first of them is being carried out
      When the customer has the other two settled and carried out
      Then the request is refused because "Another change works on the same resources"
      And the other two are still undecided

  @REQ-CNF-014
  Rule: A decision on an outdated version must be refused and must show the current one

    Scenario: An approval of what the customer saw before it was revised is refused
      Given customer "Tinker" runs 2 inference nodes on demand
      And the agents recommend
        | agent       | recommendation |
        | performance | stay on demand |
      And its agent has revised it since the customer saw it
      When the customer approves what was seen
      Then the refusal shows the second version as the current one
      And no change has begun

    Scenario: An approval of the current version is carried out
      Given customer "Tinker" runs 2 inference nodes on demand
      And the agents recommend
        | agent       | recommendation |
        | performance | stay on demand |
      And its agent has revised it since the customer saw it
      When the customer looks again and approves what is current
      Then the current version is carried out

    Scenario: A price that moved makes an approval of the old estimate stale
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the cost agent has revised it because spot became cheaper
      When the customer approves what was seen
      Then the refusal shows the second version as the current one
      And no change has begun

    Scenario: A resolution is not carried out when a side was revised since
      Given customer "Tinker" runs 2 inference nodes on demand
      And the cost agent and the performance agent disagree about one node
      And the orchestrator has settled the disagreement
      And its agent has revised it since the customer saw it
      When the customer has the decision carried out
      Then the refusal shows the second version as the current one
      And no change has begun
