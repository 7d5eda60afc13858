Feature: Recommendations of the customer's own agents

  Agents may run on the customer's premises and hand in what they recommend. Whatever they hand in may one day change a fleet, and so
  nonsense is refused before anybody can approve it. What happens to sound recommendations is out of scope here.

  Background:
    Given customer "Tinker" runs 2 inference nodes on demand

  @REQ-CNF-016
  Rule: A recommendation with nonsense in it must be refused whole

    Scenario Outline: A recommendation with <nonsense> is refused
      When an agent recommends something with <nonsense>
      Then the refusal names "<part>"
      And nothing of it is kept

      Examples: a part that is out of bounds
        | nonsense                  | part              |
        | a confidence above 1      | confidence        |
        | a confidence below 0      | confidence        |
        | a confidence of no number | confidence        |
        | a negative saving         | estimated savings |
        | an unknown risk           | risk level        |

      Examples: something that is not there
        | nonsense              | part               |
        | a missing dependency  | dependencies       |
        | an unknown node       | affected resources |
        | one unknown node more | affected resources |

    Scenario: Another customer's node is refused
      Given customer "Northwind" runs 1 inference node on demand
      When an agent of "Tinker" recommends something for a node of "Northwind"
      Then the refusal names "affected resources"
      And nothing of it is kept

    Scenario Outline: A recommendation with <boundary> is taken
      When an agent recommends something with <boundary>
      Then the recommendation with <boundary> is kept as it was handed in

      Examples:
        | boundary               |
        | a confidence of 1      |
        | a confidence of 0      |
        | a saving of nothing    |
        | an existing dependency |
