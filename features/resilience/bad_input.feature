Feature: Bad input

  People mistype and programs have defects. Input that breaks the contract is refused as a whole, in words from which whoever sent it learns
  what to mend. What is sound but not allowed at that moment is out of scope here.

  Background:
    Given customer "Northwind" has signed up
    And the performance agent on "gpu-1" is registered for "latency"
    And what OptiInfra holds of "Northwind" is noted

  @REQ-RES-008 @needs_records
  Rule: Input that breaks the contract must be refused with the part and the rule that it breaks, and never change anything

    Scenario Outline: A sign-up whose <part> is "<wrong>" is refused, saying why
      When somebody signs up with "<wrong>" as "<part>"
      Then the refusal names "<part>"
      And it says "<rule>"

      Examples:
        | part         | wrong         | rule                      |
        | email        | somebody | must be an e-mail address |
        | plan         | platinum      | startup                   |
        | password     | short1        | at least 12 characters    |
        | company name |               | at least 1 character      |

    Scenario Outline: A setting of <setting> to "<wrong>" is refused, saying why
      When the customer sets "<setting>" to "<wrong>"
      Then the refusal names "<setting>"
      And it says "<rule>"
      And OptiInfra holds the same of "Northwind" as before

      Examples:
        | setting          | wrong  | rule         |
        | preference       | luck   | savings      |
        | p95 objective ms | -1     | greater than |
        | quality floor    | 1.5    | less than    |
        | favourite colour | green  | not permitted |

    Scenario: Whatever must be told and is not is named
      When each request of "Northwind" is sent once without each part that it must have
      Then each refusal names that part and the rule that it breaks
      And OptiInfra holds the same of "Northwind" as before

    Scenario: Whatever is of the wrong kind is named
      When each request of "Northwind" is sent once with each part of another kind
      Then each refusal names that part and the rule that it breaks
      And OptiInfra holds the same of "Northwind" as before

    Scenario: Whatever nobody asked for is named
      When each request of "Northwind" is sent once with a part that nobody knows
      Then each refusal names that part and the rule that it breaks
      And OptiInfra holds the same of "Northwind" as before
