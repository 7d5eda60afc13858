@needs_workload_control @needs_history @needs_clock_control
Feature: Quality degradation

  A cheaper fleet that answers worse is no saving. While a change is watched, and afterwards for good, OptiInfra compares the models' answers
  and errors with what they were before, and acts at once where they fell too far. Latency objectives are told elsewhere.

  @REQ-QLT-002
  Rule: A degradation of more than 5% must be detected within the watch period

    @REQ-SPT-011
    Scenario: One wrong answer in a thousand too many is noticed in the first wave
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the first wave is running on spot
      When quality on spot falls to 94.9% of the baseline
      Then a degradation of 5.1% is detected within 3 minutes
      And the optimization is rolled back within 5 minutes
      And the customer's users get 100% of their answers right

    Scenario: A fleet at rest is looked after too
      Given customer "Northwind" runs 1 inference node on demand
      When its models come to answer 94.9% of known questions right
      Then a degradation of 5.1% is detected within 5 minutes
      And the customer is alerted to it

  @REQ-QLT-003
  Rule: A degradation of up to 5% must never raise an alarm

    Scenario: From 90.0% down to 85.5% right answers, exactly 5% less, nobody is alarmed
      Given customer "Northwind" runs 1 inference node that answers 90.0% of known questions right
      And the cost agent recommends a spot migration
      And the first wave is running on spot
      When its models on spot come to answer 85.5% of known questions right
      Then the optimization ends completed
      And no quality alarm has been raised

    Scenario: A fleet at rest that loses 5% raises no alarm
      Given customer "Northwind" runs 1 inference node on demand
      When its models come to answer 95.0% of known questions right
      Then its quality is seen to be 95.0% within 5 minutes
      And no quality alarm has been raised

  @REQ-QLT-004
  Rule: A model that answers known prompts wrongly must lose quality, however fast it answers

    Scenario: Faster and wrong is worse
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the first wave is running on spot
      When its models on spot answer twice as fast and 90.0% of known questions right
      Then the optimization is rolled back within 5 minutes
      And bad quality is the reason that the customer is told
      And its quality was seen to be 90.0% at half the latency

    Scenario: Faster and right is welcome
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the first wave is running on spot
      When its models on spot answer twice as fast and 100% of known questions right
      Then the optimization ends completed
      And its quality was seen to be 100% at half the latency

  @REQ-QLT-005
  Rule: An error rate above 0.1% must count as degradation

    Background:
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the first wave is running on spot

    Scenario: One error in a thousand requests is still healthy
      When 0.10% of the requests to spot fail
      Then the optimization ends completed
      And an error rate of 0.10% was seen

    Scenario: Eleven errors in ten thousand requests take the change back
      When 0.11% of the requests to spot fail
      Then the optimization is rolled back within 5 minutes
      And errors are the reason that the customer is told
      And an error rate of 0.11% was seen

  @REQ-QLT-006
  Rule: A verdict on too few samples must be unknown, and unknown must never count as healthy

    Background:
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the first wave is running on spot

    @REQ-SPT-009
    Scenario: A hundred requests are enough for a verdict
      Given spot serves 100 requests in the watch period
      When 3 minutes pass
      Then the optimization ends completed

    @REQ-SPT-009
    Scenario: Ninety-nine requests leave it unknown
      Given spot serves 99 requests in the watch period
      When 3 minutes pass
      Then the optimization ends rolled back
      And unknown health is the reason that the customer is told
      And never more than 10% of the traffic went to spot

    @REQ-SPT-009
    Scenario Outline: Where the metrics are <gap> health is unknown
      Given the metrics of the spot nodes are <gap>
      When 3 minutes pass
      Then the optimization ends rolled back
      And unknown health is the reason that the customer is told
      And never more than 10% of the traffic went to spot

      Examples: What cannot be judged
        | gap         |
        | missing     |
        | not numbers |

    Scenario: Where no question is answered quality is unknown
      When its models on spot answer no question any more
      Then the optimization ends rolled back
      And unknown health is the reason that the customer is told
      And never more than 10% of the traffic went to spot
