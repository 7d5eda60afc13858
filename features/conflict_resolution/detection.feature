Feature: Detection of conflicts

  Several agents look at one fleet, and none of them knows what the others advise. The orchestrator finds what contradicts each other
  before anything is carried out, and says what kind of contradiction it is and how grave. Which side wins is out of scope here.

  Background:
    Given customer "Northwind" runs 2 inference nodes on demand

  @REQ-CNF-001
  Rule: Contradicting recommendations must be reported as a conflict, with its kind and severity

    Scenario Outline: A <one> and a <other> of one node are a <kind> conflict
      Given the agents recommend
        | agent       | recommendation |
        | cost        | <one>          |
        | performance | <other>        |
      When the orchestrator settles the disagreement
      Then one <kind> conflict of <severity> severity is reported between them

      Examples:
        | one              | other           | kind     | severity |
        | idle termination | stay on demand  | action   | high     |
        | idle termination | rightsizing     | resource | medium   |
        | spot migration   | kv cache tuning | resource | low      |

    Scenario: What is wanted for a whole fleet contradicts what is wanted for one of its nodes
      Given the agents recommend
        | agent       | recommendation   | about           |
        | cost        | idle termination | second node     |
        | performance | stay on demand   | the whole fleet |
      When the orchestrator settles the disagreement
      Then one action conflict of high severity is reported between them

    Scenario Outline: A circle of <length> recommendations is a dependency conflict
      Given <length> recommendations wait for each other in a circle
      When the orchestrator settles the disagreement
      Then the circle is reported as a dependency conflict of high severity

      Examples:
        | length |
        | two    |
        | three  |
        | four   |

  @REQ-CNF-002
  Rule: Recommendations that can both be carried out must never be reported as a conflict

    Scenario: Contrary wishes for different nodes are no conflict
      Given the agents recommend
        | agent       | recommendation   | about       |
        | cost        | idle termination | first node  |
        | performance | stay on demand   | second node |
      When the orchestrator settles the disagreement
      Then no conflict is reported

    Scenario: A change that its agent puts after another one is no conflict with it
      Given the agents recommend
        | agent       | recommendation  | about      | needs           |
        | performance | kv cache tuning | first node |                 |
        | cost        | spot migration  | first node | kv cache tuning |
      When the orchestrator settles the disagreement
      Then no conflict is reported

    Scenario: A chain of recommendations is no circle
      Given the agents recommend
        | agent       | recommendation   | about       | needs            |
        | performance | kv cache tuning  | first node  |                  |
        | cost        | idle termination | second node | kv cache tuning  |
        | application | quantization     | first node  | kv cache tuning  |
      When the orchestrator settles the disagreement
      Then no conflict is reported

  @REQ-CNF-010
  Rule: A conflict must be decided the same way whatever the order in which its recommendations arrive

    Scenario: Whoever is named first, the same is decided
      Given the customer has declared no preference
      And the agents recommend
        | agent       | recommendation   | about                |
        | cost        | spot migration   | the first two nodes  |
        | resource    | rightsizing      | second node          |
        | performance | stay on demand   | first node           |
      When the orchestrator settles the disagreement in every order of its sides
      Then the same is decided each time, for the same reason

    Scenario Outline: The performance agent prevails although the <later> agent spoke later
      Given the customer has declared no preference
      And the agents recommend
        | agent     | recommendation | later    |
        | <earlier> | <first>        |          |
        | <later>   | <second>       | 1 minute |
      When the orchestrator settles the disagreement
      Then the performance agent's recommendation is chosen over the cost agent's

      Examples:
        | earlier     | first            | later       | second           |
        | cost        | idle termination | performance | stay on demand   |
        | performance | stay on demand   | cost        | idle termination |
